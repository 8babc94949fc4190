/** The plain tables that the floor fills: what a loader without records, views and matching would keep. */
import type { Connection } from 'mysql2/promise';

export interface FloorTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly key: readonly string[];
  /** Secondary keys. */
  readonly indexes: readonly string[];
  /** The connection that writes it; the work of both is about the same. */
  readonly connection: 0 | 1;
}

const WORD = 'VARCHAR(100) NULL';
const TIME = 'DATETIME NULL';

/** In the order in which `convert` fills them. */
export const FLOOR_TABLES = [
  {
    name: 'clients',
    columns: [
      ['client_id', 'BIGINT NOT NULL'],
      ['system_id', 'INT NOT NULL'],
      ['external_id', 'VARCHAR(64) NULL'],
      ['last_name', WORD],
      ['first_name', WORD],
      ['middle_name', WORD],
      ['full_name', 'VARCHAR(300) NULL'],
      ['sex', "ENUM('male','female') NULL"],
      ['birth_date', 'DATE NULL'],
      ['birth_day', 'TINYINT NULL'],
      ['birth_month', 'TINYINT NULL'],
      ['birth_year', 'SMALLINT NULL'],
      ['phone', 'VARCHAR(16) NULL'],
      ['email', 'VARCHAR(120) NULL'],
      ['notes', 'VARCHAR(500) NULL'],
      ['group_id', 'INT NULL'],
      ['group_name', WORD],
      ['turnover', 'DECIMAL(14,2) NULL'],
      ['consents', 'TINYINT NOT NULL'],
      ['registered_at', TIME],
      ['created_at', TIME],
      ['created_by', 'INT NULL'],
      ['updated_at', TIME],
      ['updated_by', 'INT NULL'],
    ],
    key: ['client_id'],
    indexes: ['phone', 'email', 'last_name, first_name'],
    connection: 0,
  },
  {
    name: 'client_contacts',
    columns: [
      ['client_id', 'BIGINT NOT NULL'],
      ['kind', "ENUM('phone','email') NOT NULL"],
      ['value', 'VARCHAR(120) NULL'],
    ],
    key: ['client_id', 'kind'],
    indexes: ['value'],
    connection: 1,
  },
  {
    name: 'cards',
    columns: [
      ['card_id', 'BIGINT NOT NULL'],
      ['client_id', 'BIGINT NOT NULL'],
      ['number', 'VARCHAR(40) NOT NULL'],
      ['barcode', 'VARCHAR(40) NULL'],
      ['medium', 'VARCHAR(10) NULL'],
      ['status', 'VARCHAR(10) NULL'],
      ['type_id', 'INT NULL'],
      ['type_name', WORD],
      ['activated_at', TIME],
      ['blocked_at', TIME],
    ],
    key: ['card_id'],
    indexes: ['client_id', 'number'],
    connection: 0,
  },
  {
    name: 'bonus_accounts',
    columns: [
      ['client_id', 'BIGINT NOT NULL'],
      ['programme_id', 'INT NOT NULL'],
      ['balance', 'DECIMAL(14,2) NOT NULL'],
    ],
    key: ['client_id', 'programme_id'],
    indexes: [],
    connection: 1,
  },
  {
    name: 'external_ids',
    columns: [
      ['system_id', 'INT NOT NULL'],
      ['entity', "ENUM('client','card') NOT NULL"],
      ['external_key', 'VARCHAR(64) NOT NULL'],
      ['entity_id', 'BIGINT NOT NULL'],
    ],
    key: ['system_id', 'entity', 'external_key'],
    indexes: ['entity_id'],
    connection: 1,
  },
] as const satisfies readonly FloorTable[];

const ENCODING = 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci';

/** Makes the five tables in the connection's database. */
export async function createFloorTables(connection: Connection): Promise<void> {
  for (const table of FLOOR_TABLES as readonly FloorTable[]) {
    const lines = [
      ...table.columns.map(([name, type]) => `${name} ${type}`),
      `PRIMARY KEY (${table.key.join(', ')})`,
      ...table.indexes.map((columns) => `KEY (${columns})`),
    ];
    await connection.query(`CREATE TABLE ${table.name} (${lines.join(', ')}) ENGINE=InnoDB ${ENCODING}`);
  }
}

/** DDL of the table's staging twin, without keys, seen by its connection alone. */
export function stagingDdl(table: FloorTable): string {
  const columns = table.columns.map(([name, type]) => `${name} ${type}`).join(', ');
  return `CREATE TEMPORARY TABLE stage_${table.name} (${columns}) ENGINE=Aria TRANSACTIONAL=0 ${ENCODING}`;
}

/** `ON DUPLICATE KEY UPDATE` of all columns outside the key. */
export function overwriting(table: FloorTable): string {
  const rest = table.columns.map(([name]) => name).filter((name) => !table.key.includes(name));
  return `ON DUPLICATE KEY UPDATE ${rest.map((name) => `${name}=VALUES(${name})`).join(', ')}`;
}

/** Rows and a digest of each table that does not depend on the order of the rows. */
export async function floorDigest(connection: Connection): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const table of FLOOR_TABLES as readonly FloorTable[]) {
    const row = `MD5(CONCAT_WS('\\t', ${table.columns.map(([name]) => `IFNULL(${name}, '\\\\N')`).join(', ')}))`;
    const part = (from: number): string => `BIT_XOR(CAST(CONV(SUBSTR(${row}, ${from}, 16), 16, 10) AS UNSIGNED))`;
    const [rows] = await connection.query({
      sql: `SELECT COUNT(*), HEX(${part(1)}), HEX(${part(17)}) FROM ${table.name}`,
      rowsAsArray: true,
    });
    digests.set(table.name, JSON.stringify(rows));
  }
  return digests;
}
