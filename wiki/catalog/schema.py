"""The tables of the catalog. Everything in them follows from the git history alone; another version, and they are
built again from nothing.

`seq` counts the commits of the branch (along first parents) from 1; it orders everything and makes a rebuild give the
same rows. `files` remembers what each file was at first, for entries that carry no id and for two files with one id.
"""

SCHEMA_VERSION = 4

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE commits (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);

CREATE TABLE files (
    path TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    first_path TEXT NOT NULL,    -- where it stood at first
    declared TEXT,               -- the id in its front matter, NULL where there is none
    claim TEXT NOT NULL,         -- the id that it wants: the declared one, else one derived from first_path
    claimed INTEGER NOT NULL,    -- seq since when it wants that
    id TEXT NOT NULL,            -- the id that it has
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    audience TEXT NOT NULL,      -- JSON
    readable INTEGER NOT NULL    -- whether audience was ever read from this file
) WITHOUT ROWID;
CREATE INDEX files_claim ON files (claim, claimed, path);
CREATE INDEX files_id ON files (id);

CREATE TABLE entries (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    team TEXT,
    date TEXT,
    year INTEGER,
    status TEXT,
    source TEXT,
    revision TEXT NOT NULL,
    error TEXT,
    tags TEXT NOT NULL,
    audience TEXT NOT NULL,
    recurrence_of TEXT NOT NULL,
    former_titles TEXT NOT NULL,
    restricted INTEGER NOT NULL,
    touched INTEGER NOT NULL,    -- seq of the last commit that changed anything here
    created_seq INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, created_name TEXT NOT NULL,
    created_commit TEXT NOT NULL,
    updated_seq INTEGER NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL, updated_name TEXT NOT NULL,
    updated_commit TEXT NOT NULL
);
CREATE INDEX entries_updated ON entries (updated_seq DESC, id);
CREATE INDEX entries_title ON entries (title_key, id);
CREATE INDEX entries_date ON entries (date DESC, id);
CREATE INDEX entries_touched ON entries (touched);
CREATE INDEX entries_kind ON entries (kind, updated_seq DESC);
CREATE INDEX entries_team ON entries (team, updated_seq DESC);

CREATE TABLE entry_tags (tag TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (tag, entry_id)) WITHOUT ROWID;
CREATE INDEX entry_tags_entry ON entry_tags (entry_id);
CREATE TABLE entry_audience (team TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (team, entry_id)) WITHOUT ROWID;
CREATE INDEX entry_audience_entry ON entry_audience (entry_id);

-- What a [[link]] may say to mean an entry; rank 0 its id, 1 its title, 2 its file's name, 3 a former title.
CREATE TABLE names (
    key TEXT NOT NULL, rank INTEGER NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (key, rank, entry_id)
) WITHOUT ROWID;
CREATE INDEX names_entry ON names (entry_id);
CREATE TABLE links (
    entry_id TEXT NOT NULL, position INTEGER NOT NULL, target TEXT NOT NULL, key TEXT NOT NULL,
    short TEXT NOT NULL,         -- the key of what stands before a #, empty without one
    PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;
CREATE INDEX links_key ON links (key, entry_id);
CREATE INDEX links_short ON links (short, entry_id);
CREATE TABLE recurrences (entry_id TEXT NOT NULL, of TEXT NOT NULL, PRIMARY KEY (of, entry_id)) WITHOUT ROWID;
CREATE INDEX recurrences_entry ON recurrences (entry_id);
CREATE TABLE redirects (path TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (path, entry_id)) WITHOUT ROWID;
CREATE INDEX redirects_entry ON redirects (entry_id);

-- An id that an entry had before it was merged into another.
CREATE TABLE aliases (former_id TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (former_id, entry_id)) WITHOUT ROWID;
CREATE INDEX aliases_entry ON aliases (entry_id);
CREATE TABLE kept_apart (entry_id TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (entry_id, other)) WITHOUT ROWID;

-- Topic pages: entry_id is the topic's, item the id of an entry that it names, whether or not there is one.
CREATE TABLE topics (
    entry_id TEXT PRIMARY KEY, steward TEXT NOT NULL, deputy TEXT NOT NULL, away_until TEXT, review_by TEXT,
    offered_to TEXT NOT NULL, rule TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE topic_items (
    entry_id TEXT NOT NULL, position INTEGER NOT NULL, item TEXT NOT NULL, why TEXT NOT NULL, passage TEXT NOT NULL,
    revision TEXT NOT NULL, PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;
CREATE INDEX topic_items_item ON topic_items (item, entry_id);
CREATE TABLE topic_left_out (entry_id TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (entry_id, item)) WITHOUT ROWID;
CREATE TABLE topic_steps (
    entry_id TEXT NOT NULL, position INTEGER NOT NULL, item TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;

-- The lives of lessons and reviews; a step stands at the version that made it.
CREATE TABLE lives (
    entry_id TEXT PRIMARY KEY, steward TEXT NOT NULL, replaced_by TEXT NOT NULL, held INTEGER NOT NULL,
    failed INTEGER NOT NULL, held_on TEXT NOT NULL, failed_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE actions (
    entry_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, owner TEXT NOT NULL,
    due TEXT, state TEXT NOT NULL, shows TEXT NOT NULL, reason TEXT NOT NULL, happened TEXT NOT NULL,
    PRIMARY KEY (entry_id, position)
) WITHOUT ROWID;
CREATE INDEX actions_owner ON actions (owner, due);
CREATE INDEX actions_due ON actions (state, due);
CREATE TABLE named_people (name TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (name, entry_id)) WITHOUT ROWID;
CREATE INDEX named_people_entry ON named_people (entry_id);
CREATE TABLE steps (
    number INTEGER PRIMARY KEY,
    entry_id TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    recurred TEXT NOT NULL,      -- JSON: the entries in which it came back with this version
    known TEXT NOT NULL,         -- JSON: all in which it has come back by then
    detail TEXT NOT NULL,        -- the evidence or the reason
    loop TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    skipped TEXT NOT NULL        -- what a push from outside left out
);
CREATE INDEX steps_entry ON steps (entry_id, number);

CREATE TABLE versions (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    entry_id TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    revision TEXT NOT NULL,
    path TEXT NOT NULL,
    at INTEGER NOT NULL,
    author_id TEXT NOT NULL,
    author_name TEXT NOT NULL,
    message TEXT NOT NULL,
    action TEXT NOT NULL,
    title TEXT NOT NULL,
    audience TEXT NOT NULL
);
CREATE INDEX versions_entry ON versions (entry_id, number DESC);
CREATE INDEX versions_path ON versions (path, number DESC);
CREATE INDEX versions_author ON versions (author_id, entry_id);

CREATE TABLE gone (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    audience TEXT NOT NULL, revision TEXT NOT NULL,
    at INTEGER NOT NULL, author_id TEXT NOT NULL, author_name TEXT NOT NULL, "commit" TEXT NOT NULL,
    listed INTEGER NOT NULL      -- 0 where only an id went, and its text lives on under another
) WITHOUT ROWID;
CREATE INDEX gone_seq ON gone (seq DESC);

CREATE TABLE attachments (
    path TEXT PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, revision TEXT NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX attachments_folder ON attachments (folder, name);
"""

ALL_TABLES = (
    "meta",
    "commits",
    "files",
    "entries",
    "entry_tags",
    "entry_audience",
    "names",
    "links",
    "recurrences",
    "redirects",
    "aliases",
    "kept_apart",
    "topics",
    "topic_items",
    "topic_left_out",
    "topic_steps",
    "lives",
    "actions",
    "named_people",
    "steps",
    "versions",
    "gone",
    "attachments",
)
