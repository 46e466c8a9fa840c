/** The form of what pages say. */

/** A text in each language: English, German, French. */
export type Text = readonly [en: string, de: string, fr: string];
