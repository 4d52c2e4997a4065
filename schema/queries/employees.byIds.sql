-- employees by e-mail addresses: email, name, manager
/* employees.byIds */ select "email", "name", "manager"
  from "holidays"."employees"
  where lakebase_graphql.require_row_security('"holidays"."employees"'::regclass)
  and "email" = any($1::text[]);
