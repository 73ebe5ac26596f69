-- The floor under bench_chat_store on Postgres: the locks and the writes of its transactions, by pgbench, with
-- the arrays made in the server instead of sent and read. On a database that bench_chat_store has used:
--
--   psql DATABASE -c "CREATE TABLE floor_rooms AS SELECT row_number() OVER () AS n, id, creator FROM conversations"
--   pgbench -n -M prepared -T 10 -c CLIENTS -D batch=MESSAGES -f bench/chat_store_floor.sql DATABASE
\set room_number random(1, 100)
SELECT id AS room, creator FROM floor_rooms WHERE n = :room_number::int \gset
BEGIN;
INSERT INTO writers (id, last) VALUES (lpad(:client_id::text, 32, '0')::uuid, 1)
  ON CONFLICT (id) DO UPDATE SET last = excluded.last + 1, changed = now();
SELECT id FROM conversations WHERE id = ANY (ARRAY[:room]::uuid[]) ORDER BY id FOR NO KEY UPDATE;
SELECT last_q AS q, last_r AS r FROM conversations WHERE id = :room::uuid \gset
WITH heads AS (
  UPDATE conversations SET last_q = :q::bigint + :batch::bigint, last_r = :r::bigint + :batch::bigint
  WHERE id = :room::uuid),
new AS MATERIALIZED (
  SELECT :room::uuid AS conversation, :q::bigint + n AS q, gen_random_uuid() AS id, :r::bigint + n AS r,
    :creator::uuid AS sender, 1::bigint AS at, repeat('x', 200) AS body
  FROM generate_series(1, :batch::int) AS n),
stored AS (
  INSERT INTO messages (conversation, q, id, r, sender, at, body)
  SELECT conversation, q, id, r, sender, at, body FROM new)
INSERT INTO conversation_events (conversation, r, at, kind, q) SELECT conversation, r, at, 1, q FROM new;
COMMIT;
