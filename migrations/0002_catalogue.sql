-- What is stocked, where, who supplies it, and when to reorder. version backs ETag / If-Match.
set local lock_timeout = '5s';

create table inventory_items (
  id uuid not null,
  sku text not null,
  name text not null,
  description text,
  unit text not null default 'each',
  category text,
  barcode text,
  cost numeric(18, 4),
  price numeric(18, 4),
  currency text,
  tracking text not null default 'none',
  status text not null default 'active',
  lane smallint not null,
  -- what SKUs have in common that a reader takes for the same: case, width (NFKC) and look-alike spaces left out
  sku_folded text not null generated always as (lower(btrim(regexp_replace(normalize(sku, nfkc), '\s+', ' ', 'g')))) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint inventory_items_pkey primary key (id),
  constraint inventory_items_sku_unique unique (sku),
  constraint inventory_items_sku_trimmed check (sku <> '' and sku = btrim(sku)),
  constraint inventory_items_tracking_known check (tracking in ('none', 'lot', 'serial')),
  constraint inventory_items_status_known check (status in ('active', 'discontinued', 'archived')),
  constraint inventory_items_cost_range check (cost >= 0 and cost < 1e14),
  constraint inventory_items_price_range check (price >= 0 and price < 1e14),
  constraint inventory_items_currency_iso check (currency ~ '^[A-Z]{3}$'),
  constraint inventory_items_lane_fixed check (lane = lane_of(id))
);

-- not unique: files may bring such SKUs, which are reported there; the API refuses new ones (sku_confusable)
create index inventory_items_sku_folded on inventory_items (sku_folded);

create table warehouses (
  id uuid not null,
  code text not null,
  name text not null,
  address text,
  latitude double precision,
  longitude double precision,
  time_zone text not null default 'UTC',
  allow_negative boolean not null default false,
  status text not null default 'active',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint warehouses_pkey primary key (id),
  constraint warehouses_code_unique unique (code),
  constraint warehouses_code_trimmed check (code <> '' and code = btrim(code)),
  constraint warehouses_status_known check (status in ('active', 'archived')),
  constraint warehouses_latitude_range check (latitude between -90 and 90),
  constraint warehouses_longitude_range check (longitude between -180 and 180),
  constraint warehouses_location_whole check ((latitude is null) = (longitude is null))
);

create table suppliers (
  id uuid not null,
  code text not null,
  name text not null,
  contact_name text,
  email text,
  phone text,
  address text,
  city text,
  country text,
  currency text,
  lead_time_days integer,
  status text not null default 'active',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint suppliers_pkey primary key (id),
  constraint suppliers_code_unique unique (code),
  constraint suppliers_code_trimmed check (code <> '' and code = btrim(code)),
  constraint suppliers_status_known check (status in ('active', 'archived')),
  constraint suppliers_currency_iso check (currency ~ '^[A-Z]{3}$'),
  constraint suppliers_lead_time_range check (lead_time_days between 0 and 3650)
);

create table supplier_items (
  id uuid not null,
  supplier_id uuid not null,
  item_id uuid not null,
  supplier_sku text,
  unit_cost numeric(18, 4),
  currency text,
  moq numeric(18, 4) not null default 1,
  pack_size numeric(18, 4) not null default 1,
  lead_time_days integer,
  preferred boolean not null default false,
  status text not null default 'active',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint supplier_items_pkey primary key (id),
  constraint supplier_items_pair_unique unique (supplier_id, item_id),
  constraint supplier_items_supplier_exists foreign key (supplier_id) references suppliers (id),
  constraint supplier_items_item_exists foreign key (item_id) references inventory_items (id),
  constraint supplier_items_status_known check (status in ('active', 'archived')),
  constraint supplier_items_cost_range check (unit_cost >= 0 and unit_cost < 1e14),
  constraint supplier_items_moq_range check (moq > 0 and moq < 1e14),
  constraint supplier_items_pack_size_range check (pack_size > 0 and pack_size < 1e14),
  constraint supplier_items_currency_iso check (currency ~ '^[A-Z]{3}$'),
  constraint supplier_items_lead_time_range check (lead_time_days between 0 and 3650)
);
create index supplier_items_item on supplier_items (item_id);

create table reorder_policies (
  id uuid not null,
  item_id uuid not null,
  warehouse_id uuid not null,
  method text not null,
  reorder_point numeric(18, 4),
  reorder_quantity numeric(18, 4),
  min_quantity numeric(18, 4),
  max_quantity numeric(18, 4),
  safety_stock numeric(18, 4),
  service_level numeric(6, 5),
  review_days integer,
  -- the level at or below which the position calls for an order
  reorder_at numeric(18, 4) generated always as (coalesce(case when method = 'min_max' then min_quantity end, reorder_point, min_quantity)) stored,
  status text not null default 'active',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint reorder_policies_pkey primary key (id),
  constraint reorder_policies_pair_unique unique (item_id, warehouse_id),
  constraint reorder_policies_item_exists foreign key (item_id) references inventory_items (id),
  constraint reorder_policies_warehouse_exists foreign key (warehouse_id) references warehouses (id),
  constraint reorder_policies_status_known check (status in ('active', 'archived')),
  constraint reorder_policies_method_known check (method in ('min_max', 'reorder_point')),
  constraint reorder_policies_reorder_point_range check (reorder_point >= 0 and reorder_point < 1e14),
  constraint reorder_policies_reorder_quantity_range check (reorder_quantity > 0 and reorder_quantity < 1e14),
  constraint reorder_policies_min_range check (min_quantity >= 0 and min_quantity < 1e14),
  constraint reorder_policies_max_range check (max_quantity >= min_quantity and max_quantity < 1e14),
  constraint reorder_policies_safety_stock_range check (safety_stock >= 0 and safety_stock < 1e14),
  constraint reorder_policies_service_level_range check (service_level > 0 and service_level < 1),
  constraint reorder_policies_review_days_range check (review_days between 1 and 3650),
  constraint reorder_policies_method_complete check (
    (method = 'min_max' and min_quantity is not null and max_quantity is not null)
    or (method = 'reorder_point' and reorder_point is not null and reorder_quantity is not null)
  )
);
create index reorder_policies_warehouse on reorder_policies (warehouse_id);
