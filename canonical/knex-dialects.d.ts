/** Knex has no types for its dialects: whoever extends one says which part of it is used. */
declare module 'knex/lib/dialects/*/index.js' {
  const Client: unknown;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default Client;
}
