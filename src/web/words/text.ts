/** The form of what pages say. */

/** A text in each language: English, German, French. */
export type Text = readonly [en: string, de: string, fr: string];

/** What a service says in English itself. */
export type Translation = readonly [de: string, fr: string];
