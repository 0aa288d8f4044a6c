//! Small files of every format, for what is tried on every bit of them.

use dekko::document::Cover;
use dekko::file::Recipe;

use crate::sealed::recipe;

/// A small plain file and how it is sealed; under `cover: encrypted`, what is secret lies below keys in `s_…`.
pub struct Sample {
    pub name: &'static str,
    pub format: &'static str,
    pub plain: &'static str,
    /// A later version of it: a value changed, one more, one less.
    pub edited: &'static str,
    policy: &'static str,
    pub cover: Cover,
}

impl Sample {
    pub fn recipe(&self) -> Recipe {
        recipe(self.policy, self.cover)
    }
}

const SOME: &str = "encrypt **.s_*.**,**.S_*.**";

const YAML: &str = "# head\ndb:\n  s_pass: 'one'   # note\n  port: 5432\ns_list:\n- two\n- {s_a: \"3\"}\n- ~\ns_text: |\n  four\n   five\n# below\nlast: yes\n";
const YAML_EDITED: &str = "# head\ndb:\n  s_pass: 'eleven'   # note\n  port: 5432\ns_list:\n- two\n- {s_a: \"3\"}\ns_new: x\ns_text: |\n  four\n   five\n# below\nlast: yes\n";
const JSON: &str = "{\n  \"db\": {\"s_pass\": \"one\", \"port\": 5432},\n  \"s_list\": [\n    \"two\",\n    {\"s_a\": 3}\n  ],\n  \"last\": null\n}\n";
const JSON_EDITED: &str = "{\n  \"db\": {\"s_pass\": \"eleven\", \"port\": 5432},\n  \"s_list\": [\n    {\"s_a\": 3}\n  ],\n  \"s_new\": true,\n  \"last\": null\n}\n";
const JSONC: &str =
    "// head\n{\n  \"db\": {\"s_pass\": \"one\", \"port\": 5432,}, // note\n  \"s_list\": [\"two\", 3],\n}\n";
const TOML: &str = "# head\ntitle = \"t\"\n[db]\ns_pass = 'one' # note\nport = 5432\n[[s_list]]\nname = \"two\"\n[[s_list]]\nname.first = '''\nthree\nfour'''\n[last]\nx = [1, {y = 2}]\n";
const TOML_EDITED: &str = "# head\ntitle = \"t\"\n[db]\ns_pass = 'eleven' # note\nport = 5432\ns_new = 1\n[[s_list]]\nname.first = '''\nthree\nfour'''\n[last]\nx = [1, {y = 2}]\n";
const DOTENV: &str =
    "# head\nexport S_PASS=one # note\nPORT='5432'\nS_TEXT=\"two\n three\"\n\nS_EMPTY=\nLAST=x\n";
const DOTENV_EDITED: &str = "# head\nexport S_PASS=eleven # note\nPORT='5432'\nS_NEW=1\n\nS_EMPTY=\nLAST=x\n";
const INI: &str =
    "; head\nroot = 1\n[db]\ns_pass = one\n  and more\nport: 5432\n[s_last]\na=two ; note\n# c\nb = three\n";
const INI_EDITED: &str = "; head\nroot = 1\n[db]\ns_pass = eleven\n  and more\nport: 5432\ns_new = x\n[s_last]\na=two ; note\n# c\n";

const fn sample(
    name: &'static str,
    format: &'static str,
    plain: &'static str,
    edited: &'static str,
    policy: &'static str,
    cover: Cover,
) -> Sample {
    Sample { name, format, plain, edited, policy, cover }
}

/// The samples; each has a version to come.
pub const SAMPLES: &[Sample] = &[
    sample("yaml all", "yaml", YAML, YAML_EDITED, "encrypt **; plain **.port,last", Cover::All),
    sample("yaml comments", "yaml", YAML, YAML_EDITED, "encrypt **.s_pass,s_text; comments", Cover::All),
    sample("yaml encrypted", "yaml", YAML, YAML_EDITED, SOME, Cover::Encrypted),
    sample("yaml anchors", "yaml", ANCHORS, ANCHORS_EDITED, "encrypt a,c.*", Cover::All),
    sample("json all", "json", JSON, JSON_EDITED, "encrypt **; plain **.port,last", Cover::All),
    sample("json encrypted", "json", JSON, JSON_EDITED, SOME, Cover::Encrypted),
    sample("jsonc all", "jsonc", JSONC, JSON_EDITED, "encrypt **; plain **.port", Cover::All),
    sample("toml all", "toml", TOML, TOML_EDITED, "encrypt **; plain **.port,title,last.**", Cover::All),
    sample("toml encrypted", "toml", TOML, TOML_EDITED, SOME, Cover::Encrypted),
    sample("dotenv all", "dotenv", DOTENV, DOTENV_EDITED, "encrypt *; plain PORT,LAST; comments", Cover::All),
    sample("dotenv encrypted", "dotenv", DOTENV, DOTENV_EDITED, SOME, Cover::Encrypted),
    sample("ini all", "ini", INI, INI_EDITED, "encrypt **; plain **.port,root", Cover::All),
    sample("ini encrypted", "ini", INI, INI_EDITED, SOME, Cover::Encrypted),
    sample("binary", "binary", "some bytes\n", "other bytes\n", "encrypt **", Cover::All),
];

const ANCHORS: &str =
    "%YAML 1.2\n---\na: &x !t one\nb: *x\nc:\n  d: !u two\n  <<: {e: 3}\n---\n- four\n...\n";
const ANCHORS_EDITED: &str =
    "%YAML 1.2\n---\na: &x !t eleven\nb: *x\nc:\n  d: !u two\n  <<: {e: 3}\n---\n- four\n...\n";
