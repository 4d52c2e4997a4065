-- of whoever asks: role
/* viewer.roles */ select rolname from pg_roles
  where pg_has_role(oid, 'member')
  and rolname <> current_user
  order by rolname;
