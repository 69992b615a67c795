declare const config: { forbidden: unknown[]; options: object }
export default config
