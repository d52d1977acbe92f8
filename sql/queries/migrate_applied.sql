SELECT m.name, m.sha256
  FROM gongji.schema_migration m
 ORDER BY m.name COLLATE "C"
