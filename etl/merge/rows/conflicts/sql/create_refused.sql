-- Instances whose rows are rejected by a pass of this task.
create temporary table refused (instance varchar(16) collate "C" primary key) on commit drop
