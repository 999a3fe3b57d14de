export const phoneNumberId = "106540352242922";
export const nowSeconds = 1_767_225_600;

/** One change of the messages field, for `number`. */
export const change = (value: object, number: string | undefined = phoneNumberId) => ({
  field: "messages",
  value: {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: number },
    ...value,
  },
});

/** A request of one entry with these changes. */
export const request = (...changes: unknown[]) => ({
  object: "whatsapp_business_account",
  entry: [{ id: "102290129340398", changes }],
});

/** A text message from somebody known by phone. */
export const message = (id: string, more: object = {}) => ({
  from: "16505551234",
  id,
  timestamp: `${nowSeconds}`,
  type: "text",
  text: { body: "café / 😊" },
  ...more,
});

/** What became of a message, `seconds` after the tests' time. */
export const status = (id: string, name: string, seconds = 0, more: object = {}) => ({
  id,
  status: name,
  timestamp: `${nowSeconds + seconds}`,
  recipient_id: "16505551234",
  ...more,
});
