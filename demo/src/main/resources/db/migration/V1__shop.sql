create table product (
  id int primary key,
  name text not null,
  price_cents bigint not null check (price_cents > 0),
  initial_stock int not null,
  stock int not null check (stock >= 0)
);

insert into product (id, name, price_cents, initial_stock, stock)
select n, 'Product ' || n, 99 + n * 10, 1000000, 1000000
from generate_series(1, 1000) as n;

-- What was taken out of stock for an order that may yet fail.
create table reservation (
  order_key uuid primary key,
  status text not null check (status in ('held', 'sold', 'undoing', 'released'))
);

create table reservation_item (
  order_key uuid not null references reservation,
  product_id int not null references product,
  quantity int not null check (quantity > 0),
  primary key (order_key, product_id)
);

create table orders (
  id bigint generated always as identity primary key,
  order_key uuid not null unique references reservation,
  email text not null,
  total_cents bigint not null,
  created_at timestamptz not null default now()
);

create table mail (
  order_id bigint primary key references orders,
  status text not null default 'pending' check (status in ('pending', 'sent'))
);

create index mail_pending on mail (order_id) where status = 'pending';

-- The payment service's own books. A void may come before its charge: then the charge is refused.
create table charge (
  idempotency_key uuid primary key,
  cents bigint not null,
  status text not null check (status in ('captured', 'voided')),
  captured boolean not null
);
