-- What the customer names an order by, so that sending it again gives the same order; and what was
-- ordered under that name.
alter table orders add idempotency_key text;
alter table orders add content_sha256 bytea;
alter table orders add constraint one_order_a_key unique (idempotency_key);
alter table orders add check ((idempotency_key is null) = (content_sha256 is null));
