-- SKUs that a reader takes for one another: beside case, width and spaces also Cyrillic and Greek letters that look like Latin ones
-- (the confusables of Unicode TS 39 that fonts draw alike). Only for the comparison of new SKUs with live ones; SKUs stay as they are.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

create function sku_skeleton(sku text) returns text
language sql immutable parallel safe
return lower(btrim(regexp_replace(translate(normalize(sku, nfkc),
  'АВЕКМНОРСТУХІЈЅԚԜҮӀЗаеорсухіјѕԛԝһкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορκυχ',
  'ABEKMHOPCTYXIJSQWYI3aeopcyxijsqwhkABEZHIKMNOPTYXaivopkux'), '\s+', ' ', 'g')));

create index inventory_items_sku_skeleton on inventory_items (sku_skeleton(sku));
