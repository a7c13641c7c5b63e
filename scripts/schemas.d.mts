/** Types of schemas.mjs for the test that imports it. */
export declare function schemas(): Readonly<Record<string, string>>
