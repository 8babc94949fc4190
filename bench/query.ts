/** Short queries beside the measurement. */
import { type Connection, createConnection } from 'mysql2/promise';

/** The one number that a query answers; 0 for none. */
export async function numberOf(db: Connection, sql: string): Promise<number> {
  const [rows] = await db.query({ sql, rowsAsArray: true });
  return Number((rows as unknown as unknown[][])[0]?.[0] ?? 0);
}

/** Rows in all tables of the connection's database. */
export async function countRows(db: Connection): Promise<number> {
  const [tables] = await db.query({
    sql: "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
    rowsAsArray: true,
  });
  let rows = 0;
  for (const [table] of tables as unknown as string[][]) {
    rows += await numberOf(db, `SELECT COUNT(*) FROM \`${table}\``);
  }
  return rows;
}

/** Opens a connection, lets it be used, and ends it. */
export async function connected<T>(url: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}
