const control = /[\p{Cc}\p{Bidi_Control}]/gu;

/** Text of somebody else's, safe to show in a terminal: nothing in it moves the cursor or turns the writing around. */
export const printable = (text: string): string => text.replace(control, "\ufffd");
