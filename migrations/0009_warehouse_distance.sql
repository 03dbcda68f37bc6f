-- Warehouses near a point: PostGIS geography with its index where the server has the extension, else the haversine formula.
-- Both measure on the sphere of mean radius 6,371,008.771415 m (PostGIS' own), so both give the same metres and the same order;
-- the spheroid would differ by at most 0.6 %, and PostGIS' nearest-neighbour index orders by the sphere as well.
set local lock_timeout = '5s';

do $$
begin
  if not exists (select from pg_extension where extname = 'postgis')
    and exists (select from pg_available_extensions where name = 'postgis') then
    begin
      create extension postgis;
    exception when insufficient_privilege then
      raise notice 'postgis is available but this login may not create it: distances use the haversine formula';
    end;
  end if;

  if exists (select from pg_extension where extname = 'postgis') then
    execute $ddl$
      alter table warehouses add column location geography (point, 4326)
        generated always as (st_setsrid(st_makepoint(longitude, latitude), 4326)::geography) stored
    $ddl$;
    execute 'create index warehouses_location on warehouses using gist (location)';
    execute $ddl$
      create function warehouses_near(lat double precision, lon double precision)
      returns table (warehouse_id uuid, distance_m double precision)
      language sql stable parallel safe
      as $body$
        select id, st_distance(location, st_setsrid(st_makepoint(lon, lat), 4326)::geography, false)
        from warehouses
        where location is not null and status = 'active'
        order by location <-> st_setsrid(st_makepoint(lon, lat), 4326)::geography, id
      $body$
    $ddl$;
  else
    execute $ddl$
      create function warehouses_near(lat double precision, lon double precision)
      returns table (warehouse_id uuid, distance_m double precision)
      language sql stable parallel safe
      as $body$
        select id, distance
        from (
          select id,
            2 * 6371008.771415 * asin(least(1, sqrt(
              power(sin(radians(latitude - lat) / 2), 2)
              + cos(radians(lat)) * cos(radians(latitude)) * power(sin(radians(longitude - lon) / 2), 2)
            ))) as distance
          from warehouses
          where latitude is not null and status = 'active'
        ) measured
        order by distance, id
      $body$
    $ddl$;
  end if;
end
$$;
