/** The one way in which a statement of an import changes some of its staged rows. */

/**
 * Ends an `update import_rows r … from …`: the row of import $1 with this number (an SQL expression) and, where given, this condition
 * on it as `s`. Each row is looked up by its key, one after the other (`offset 0` keeps it so): statistics know nothing yet of a
 * table that has just been filled, and by them a plan may read the whole import for each row.
 */
export function rowByKey(number: string, and?: string): string {
  return `
      cross join lateral (
        select s.ctid as place
        from import_rows s
        where s.import_id = $1::uuid
          and s.row_number = ${number}${and === undefined ? "" : `\n          and ${and}`}
        offset 0
      ) found
      where r.ctid = found.place`;
}
