const control = /[\p{Cc}\p{Bidi_Control}]/gu;

/** Text of somebody else's, safe to show in a terminal: nothing in it moves the cursor or turns the writing around. */
export const printable = (text: string): string => text.replace(control, "\ufffd");

const controlInJson = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The value as JSON that is as safe to show: JSON itself leaves some of these characters as they are. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(controlInJson, escaped);
