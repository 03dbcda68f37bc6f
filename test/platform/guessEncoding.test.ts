/** Lists of goods in the legacy encodings are read with their own letters, however few of their bytes those are. */
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { guessEncoding } from "../../platform/guessEncoding.ts";

/** A list as programs write it: codes, numbers and units in ASCII around the names. */
function listOf(names: string, rows: number): string {
  const all = names.split(",");
  const lines = Array.from(
    { length: rows },
    (_, nth) => `SKU-${1_000 + nth},${all[nth % all.length]},${nth % 50},pcs`,
  );
  return ["sku,name,quantity,unit", ...lines, ""].join("\n");
}

const CYRILLIC = [
  "Стол письменный,Стул офисный,Болт М8,Гайка шестигранная,Краска белая,Кабель медный,Провод,Отвертка",
  "БОЛТ М8Х40,ГАЙКА М8,ШАЙБА ПЛОСКАЯ,КРАСКА БЕЛАЯ",
  "Гвинт,Цвях,Фарба біла,Кабель мідний,Їжа для котів,Ґудзик",
  "Болт шестостенен,Гайка,Винт за дърво,Боя бяла,Чук",
  "Завртањ,Навртка,Боја бела,Сијалица,Кључ,Чекић",
];
const CENTRAL = [
  "Śruba sześciokątna,Nakrętka,Podkładka płaska,Wkręt do drewna,Farba biała,Żarówka,Taśma klejąca",
  "ŚRUBA M8X40,NAKRĘTKA M8,PODKŁADKA PŁASKA,FARBA BIAŁA,ŻARÓWKA LED,MŁOTEK",
  "Šroub šestihranný,Podložka plochá,Vrut do dřeva,Barva bílá,Žárovka,Kabel měděný,Klíč,Vrták",
  "Skrutka so šesťhrannou hlavou,Podložka,Žiarovka,Kábel medený,Kľúč plochý,Lepiaca páska",
  "Hatlapfejű csavar,Alátét,Fehér festék,Izzólámpa,Rézkábel,Fenyődeszka,Munkakesztyű,Fúrószár",
  "Şurub,Piuliţă,Şaibă,Vopsea albă,Şurubelniţă,Scândură,Bandă,Mănuşi",
  "Vijak,Podloška,Žarulja,Bakreni kabel,Ključ,Odvijač,Čekić",
];
const WESTERN = [
  "Große Tasse für Kaffee,Schlüssel,Hülse,Dübel 8 mm,Säge,Öl 5W-40,Gehäuse weiß",
  "Crème brûlée,Vis à bois,Écrou,Clé à molette,Câble électrique,Boîte,Pièce détachée,Tôle,Œuf",
  "Tornillo,Llave inglesa,Cable eléctrico,Niño,Piñón,Señal,Nº1,nº2,1ªcalidad",
  "Lâmpada,Cabo elétrico,Pão,Maçã,Fração,Junção,Botão,Óleo,Põe,Lingüiça",
  "Målarfärg,Glödlampa,Såg,Bräda,Møtrik,Skruenøgle,Bræt,Pære",
  "Sähköjohto,Pyörä,Öljy,Jõgi,Küünal,Šokolaad,Žürii",
  "Skrúfa,Málning,Ljósapera,Sög,Borð,Þvottur,Rúmföt",
  "Qualità,Caffè,Perché,Città,Più,Eén,Coördinaat,Reünie",
  "SCHLÜSSEL,TÔLE,CLÉ À MOLETTE,DÜBEL",
  'Bolt 5° offset,Plate 10² mm,Pipe ½",Price £5,Sheet 3×4,Widget™,Soft “quoted”,It’s fine',
  "Nm³h flow,kgm³s rate,m³,¼in valve,¾in valve",
  "Brûlée,Möbel,Café,Müller,Smørrebrød,Señor,Ångström",
  "Café,Škoda,Žižka",
  "Käse",
  "ÄÖÜ,éèê",
];
const samples = [
  ...CYRILLIC.map((names) => ["windows-1251", names] as const),
  ...CENTRAL.map((names) => ["windows-1250", names] as const),
  ...WESTERN.map((names) => ["windows-1252", names] as const),
];

describe("guessEncoding", () => {
  test.each(samples)("reads a list in %s: %s", (encoding, names) => {
    for (const rows of [names.split(",").length, 500]) {
      const bytes = iconv.encode(listOf(names, rows), encoding);
      expect(guessEncoding(bytes)).toBe(encoding);
    }
  });

  test.each(WESTERN)("takes no row of Western Europe for another's: %s", (names) => {
    for (const rows of [1, 2, 3]) {
      const text = listOf(names, rows);
      const bytes = iconv.encode(text, "windows-1252");
      expect(iconv.decode(bytes, guessEncoding(bytes))).toBe(text);
    }
  });

  test.each([
    ["shift_jis", "木製の机,オフィスチェア,ボルト,ナット,白いペンキ,銅ケーブル,レンチ,ドライバー"],
    ["euc-kr", "나무 책상,사무용 의자,볼트,너트,와셔,흰색 페인트,전구,구리 케이블"],
  ])("still knows lists in %s", (encoding, names) => {
    expect(guessEncoding(iconv.encode(listOf(names, 100), encoding))).toBe(encoding);
  });
});
