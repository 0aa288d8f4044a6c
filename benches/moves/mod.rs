//! Many files that change hands: one run of dekko, beside what sops does about the same files.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::inputs::Input;

/// How many files.
pub const FILES: usize = 500;

/// The values of each.
pub const VALUES: usize = 20;

/// The same files for dekko and for sops, encrypted for three age recipients, and rules that name a fourth and not the third.
pub struct Moves {
    folder: PathBuf,
}

impl Moves {
    /// The files, in `folder`, which holds the key `key.txt` with the public side `own`.
    pub fn make(dekko: &str, sops: Option<&Path>, own: &str, folder: &Path) -> Self {
        let this = Self { folder: folder.to_owned() };
        let mut keys = vec![own.to_owned()];
        for name in ["b.txt", "c.txt", "d.txt"] {
            this.run(Command::new(dekko).args(["keygen", "-q", "-o", name]));
            let text = fs::read_to_string(folder.join(name)).expect("a key");
            let key = text.lines().find_map(|line| line.strip_prefix("# public key: "));
            keys.push(key.expect("a public key").to_owned());
        }
        let text = Input::new("yaml", VALUES).text;
        for tool in ["dekko", "sops"] {
            fs::create_dir_all(folder.join(tool).join("old/secrets")).expect("a folder");
            for file in 0..FILES {
                fs::write(folder.join(tool).join(format!("old/secrets/{file}.yaml")), &text).expect("write");
            }
        }
        let names: Vec<String> = (0..FILES).map(|file| format!("secrets/{file}.yaml")).collect();
        let (before, after, more) = ([0, 1, 2], [0, 1, 3], [0, 1, 2, 3]);
        this.rules("old", &keys, &before);
        let mut encrypt = Command::new(dekko);
        encrypt.args(["encrypt", "-q"]);
        for at in before {
            encrypt.args(["-r", &keys[at]]);
        }
        this.run(encrypt.args(&names).current_dir(folder.join("dekko/old")));
        for name in names.iter().filter(|_| sops.is_some()) {
            let mut encrypt = Command::new(sops.expect("sops"));
            this.run(encrypt.args(["encrypt", "-i", name]).current_dir(folder.join("sops/old")));
        }
        this.rules("more", &keys, &more);
        this.rules("after", &keys, &after);
        this
    }

    /// Writes the rules that name those of `keys` at `readers`, as `dekko.toml` and `.sops.yaml` of the files called `which`.
    fn rules(&self, which: &str, keys: &[String], readers: &[usize]) {
        let mut toml = "version = 1\n[[rules]]\npaths = [\"secrets/**\"]\nrecipients = [".to_owned();
        let mut list = Vec::new();
        for &at in readers {
            write!(toml, "\"{}\", ", keys[at]).expect("memory");
            list.push(keys[at].clone());
        }
        let yaml = format!("creation_rules:\n  - path_regex: secrets/.*\n    age: {}\n", list.join(","));
        for (tool, name, text) in
            [("dekko", "dekko.toml", format!("{toml}]\n")), ("sops", ".sops.yaml", yaml)]
        {
            fs::create_dir_all(self.folder.join(tool)).expect("a folder");
            let folder = self.folder.join(tool);
            let path = if which == "old" {
                folder.join("old").join(name)
            } else {
                folder.join(format!("{which}-{name}"))
            };
            fs::write(path, text).expect("write");
        }
    }

    /// Puts the files of `tool` back as they were, with the rules called `which`, in the folder that is given back.
    pub fn reset(&self, tool: &str, which: &str) -> PathBuf {
        let folder = self.folder.join(tool);
        let now = folder.join("now");
        let _ = fs::remove_dir_all(&now);
        fs::create_dir_all(now.join("secrets")).expect("a folder");
        for entry in fs::read_dir(folder.join("old/secrets")).expect("files") {
            let entry = entry.expect("a file");
            fs::copy(entry.path(), now.join("secrets").join(entry.file_name())).expect("a copy");
        }
        let name = if tool == "dekko" { "dekko.toml" } else { ".sops.yaml" };
        let rules = match which {
            "old" => folder.join("old").join(name),
            which => folder.join(format!("{which}-{name}")),
        };
        fs::copy(rules, now.join(name)).expect("the rules");
        fs::copy(self.folder.join("key.txt"), now.join("key.txt")).expect("the key");
        // What the copies left to be written is not what is measured.
        let _ = Command::new("sync").status();
        now
    }

    fn run(&self, command: &mut Command) {
        if command.get_current_dir().is_none() {
            command.current_dir(&self.folder);
        }
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("it runs").success(), "{command:?}");
    }
}
