-- Which request a mail is of: the headers that a request to another service would have had.
alter table mail add headers text not null default '';
