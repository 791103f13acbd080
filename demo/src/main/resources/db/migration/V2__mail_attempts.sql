-- A mail is sent, given up, or waits: until then, since the server has not taken it so often.
alter table mail drop constraint mail_status_check;
alter table mail add check (status in ('pending', 'sent', 'failed'));
alter table mail add attempts int not null default 0;
alter table mail add due timestamptz not null default now();
alter table mail add last_failure text;

drop index mail_pending;
create index mail_pending on mail (due) where status = 'pending';
