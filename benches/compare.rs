//! `make bench`: whole commands, dekko beside sops and age on the same inputs. Prints medians, ratios and peak memory.
//!
//! Peers come from `benches/install-peers`; what is not installed is said and left out.

#![expect(clippy::print_stdout, reason = "a table for people")]

mod history;
mod inputs;
mod measure;
mod moves;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use inputs::Input;
use measure::{Figure, measure, measure_after};
use moves::{FILES, Moves, VALUES};

const DEKKO: &str = env!("CARGO_BIN_EXE_dekko");

/// Where everything is measured: a folder with a key, and the peers that were found.
struct Bench {
    folder: PathBuf,
    recipient: String,
    sops: Option<PathBuf>,
    age: Option<PathBuf>,
}

impl Bench {
    fn new(folder: &Path) -> Self {
        let key = folder.join("key.txt");
        let made = Command::new(DEKKO).arg("keygen").arg("-o").arg(&key).output().expect("dekko runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let text = fs::read_to_string(&key).expect("the key was written");
        let recipient =
            text.lines().find_map(|line| line.strip_prefix("# public key: ")).expect("a public key");
        let peer = |name: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("anchors/bin").join(name);
            path.exists().then_some(path)
        };
        Self {
            folder: folder.to_owned(),
            recipient: recipient.to_owned(),
            sops: peer("sops"),
            age: peer("age"),
        }
    }

    fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Vec<String> {
        let mut words = vec![program.as_ref().to_string_lossy().into_owned()];
        words.extend(arguments.iter().map(|&word| word.to_owned()));
        words
    }

    fn run(&self, words: &[String]) -> Figure {
        measure(words, &self.folder)
    }

    /// One row of the table.
    fn row(&self, what: &str, size: u64, dekko: &Figure, peer: Option<(&str, Figure)>, floor: Option<f64>) {
        let mut line = format!("| {what} | {:.1} | {:.1}", dekko.milliseconds, dekko.peak as f64 / 1e6);
        if size > 0 {
            line.push_str(&format!(" ({:.1}x the file)", dekko.peak as f64 / size as f64));
        }
        match peer {
            None => line.push_str(" | – | –"),
            Some((name, peer)) => {
                let ratio = peer.milliseconds / dekko.milliseconds;
                let shown = format!(
                    " | {name} {:.1} / {:.0} MB | {ratio:.1}x",
                    peer.milliseconds,
                    peer.peak as f64 / 1e6
                );
                line.push_str(&shown);
            }
        }
        match floor {
            None => line.push_str(" | – |"),
            Some(floor) => line.push_str(&format!(" | {floor:.1} ({:.1}x) |", dekko.milliseconds / floor)),
        }
        println!("{line}");
    }

    fn small(&self) {
        let text = self.folder.join("100.txt");
        fs::write(&text, [b'x'; 100]).expect("write");
        let age = self.age.as_ref().map(|age| {
            let sealed = self.folder.join("100.age").to_string_lossy().into_owned();
            let text = text.to_string_lossy().into_owned();
            self.run(&self.command(age, &["-r", &self.recipient, "-o", &sealed, &text]));
            self.run(&self.command(age, &["-d", "-i", "key.txt", &sealed]))
        });
        let input = Input::new("yaml", 10);
        fs::write(self.folder.join("small.yaml"), &input.text).expect("write");
        self.run(&self.command(
            DEKKO,
            &["encrypt", "-r", &self.recipient, "-o", "sealed.yaml", "--force", "small.yaml"],
        ));
        let version = self.run(&self.command(DEKKO, &["--version"]));
        let decrypt = self.run(&self.command(DEKKO, &["decrypt", "sealed.yaml"]));
        self.row(
            "`--version`, beside `age --decrypt` of 100 bytes",
            0,
            &version,
            age.map(|age| ("age", age)),
            None,
        );
        self.row("decrypt 10 values, beside the same", 0, &decrypt, age.map(|age| ("age", age)), None);
    }

    fn table(&self, format: &str, values: usize) {
        let input = Input::new(format, values);
        let name = |suffix: &str| format!("{suffix}.{format}");
        let plain = name("plain");
        fs::write(self.folder.join(&plain), &input.text).expect("write");
        let dekko = |words: &[&str]| self.run(&self.command(DEKKO, words));
        let sops =
            |words: &[&str]| self.sops.as_ref().map(|sops| ("sops", self.run(&self.command(sops, words))));
        let (ours, theirs) = (name("ours"), name("theirs"));

        let what = |verb: &str| format!("{verb} {values} values of {format}");
        let size = input.text.len() as u64;
        let figure = dekko(&["encrypt", "-r", &self.recipient, "-o", &ours, "--force", &plain]);
        let sealed = fs::metadata(self.folder.join(&ours)).expect("sealed").len();
        let peer = sops(&["encrypt", "--age", &self.recipient, "--output", &theirs, &plain]);
        self.row(&what("encrypt"), sealed.max(size), &figure, peer, None);

        let floor = input.floor();
        let figure = dekko(&["decrypt", &ours]);
        self.row(&what("decrypt"), sealed, &figure, sops(&["decrypt", &theirs]), Some(floor));
        let figure = dekko(&["get", &ours, &input.path()]);
        let peer = sops(&["decrypt", "--extract", &input.sops_path(), &theirs]);
        self.row(&what("get 1 of"), sealed, &figure, peer, Some(floor));
        fs::write(self.folder.join("value.txt"), "another value").expect("write");
        let figure = dekko(&["set", "--file", "value.txt", &ours, &input.path()]);
        let peer = sops(&["set", &theirs, &input.sops_path(), "\"another value\""]);
        self.row(&what("set 1 of"), sealed, &figure, peer, Some(floor));
        let figure = dekko(&["verify", &ours]);
        self.row(&what("verify"), sealed, &figure, sops(&["decrypt", &theirs]), Some(floor));
    }
}

impl Bench {
    /// The merge driver, beside git's own merge of the same ciphertext.
    fn driver(&self, values: usize) {
        let folder = self.folder.join(format!("merge-{values}"));
        fs::create_dir(&folder).expect("a folder");
        fs::copy(self.folder.join("key.txt"), folder.join("key.txt")).expect("the key");
        fs::write(folder.join("base.yaml"), Input::new("yaml", values).text).expect("write");
        let run = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            measure(&words, &folder)
        };
        let sealed = Command::new(DEKKO)
            .args(["encrypt", "-q", "-r", &self.recipient, "base.yaml"])
            .current_dir(&folder)
            .status();
        assert!(sealed.expect("dekko runs").success());
        for (side, at) in [("ours", values / 4), ("theirs", values / 2)] {
            let name = format!("{side}.yaml");
            fs::copy(folder.join("base.yaml"), folder.join(&name)).expect("a side");
            let mut command = Command::new(DEKKO);
            command.args(["set", "-q", &name, &format!("key_{at}"), side]).current_dir(&folder);
            let set = command.env("DEKKO_AGE_KEY_FILE", folder.join("key.txt")).status();
            assert!(set.expect("dekko runs").success());
        }
        let driver = format!(
            "cp ours.yaml result.yaml && exec {DEKKO} git merge-driver --path=x.yaml -- base.yaml result.yaml theirs.yaml"
        );
        let figure = run(&["sh", "-c", &driver]);
        let lines = "cp ours.yaml lines.yaml && exec git merge-file lines.yaml base.yaml theirs.yaml";
        let git = run(&["sh", "-c", lines]);
        let what = format!("merge driver on {values} values, beside `git merge-file`");
        self.row(&what, 0, &figure, Some(("git", git)), None);
    }

    /// The history of a file, beside git's own log of it with all differences.
    fn history(&self, commits: usize) {
        let folder = self.folder.join("history");
        fs::create_dir(&folder).expect("a folder");
        fs::copy(self.folder.join("key.txt"), folder.join("key.txt")).expect("the key");
        history::make(DEKKO, &self.recipient, &folder, commits);
        let run = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            measure(&words, &folder)
        };
        let git = run(&["git", "log", "-p", "--", "secrets.yaml"]);
        for words in [
            &["verify", "--history", "secrets.yaml"][..],
            &["verify", "--history", "--all"],
            &["log", "secrets.yaml"],
            &["log", "secrets.yaml", "key_7"],
            &["blame", "secrets.yaml"],
        ] {
            let figure = run(&[&[DEKKO], words].concat());
            let what =
                format!("`{}` over {commits} commits of 50 values, beside `git log -p`", words.join(" "));
            self.row(&what, 0, &figure, Some(("git", git)), None);
        }
    }
}

impl Bench {
    /// Many files that change hands, beside sops; `place` says what waiting for the disk costs in `folder`.
    fn moves(&self, place: &str, folder: &Path) {
        fs::copy(self.folder.join("key.txt"), folder.join("key.txt")).expect("the key");
        let moves = Moves::make(DEKKO, self.sops.as_deref(), &self.recipient, folder);
        let names: Vec<String> = (0..FILES).map(|file| format!("secrets/{file}.yaml")).collect();
        let each = "for file in secrets/*.yaml; do {} rotate -i \"$file\" || exit; done";
        for (what, rules, words) in [
            ("rewrap: one recipient more", "more", &["rewrap", "--all", "--yes", "-q"][..]),
            ("rewrap: one comes and one leaves", "after", &["rewrap", "--all", "--yes", "-q"]),
            ("rotate", "old", &["rotate", "--all", "-q"]),
        ] {
            let ours = measure_after(&self.command(DEKKO, words), || moves.reset("dekko", rules));
            let sops = self.sops.as_ref().map(|sops| {
                let sops = sops.to_string_lossy();
                let words = match rules {
                    // sops takes one file at a time for this.
                    "old" => self.command("sh", &["-c", &each.replace("{}", &sops)]),
                    _ => [self.command(&*sops, &["updatekeys", "--yes"]), names.clone()].concat(),
                };
                ("sops", measure_after(&words, || moves.reset("sops", rules)))
            });
            let what = format!("{what}, {FILES} files of {VALUES} values for 3 recipients, {place}");
            self.row(&what, 0, &ours, sops, None);
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|word| word == measure::CHILD) {
        return measure::child(arguments.skip(1).collect());
    }
    let sizes: Vec<usize> = match std::env::var("BENCH_SIZES") {
        Ok(sizes) => sizes.split(',').map(|size| size.parse().expect("a number of values")).collect(),
        Err(_) => vec![10, 1000, 10_000, 50_000],
    };
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Bench::new(folder.path());
    for (name, peer) in [("sops", &bench.sops), ("age", &bench.age)] {
        if peer.is_none() {
            println!("{name} is not installed: run benches/install-peers (needs Go)");
        }
    }
    println!(
        "medians in milliseconds; the floor is one parse, and for each value one decryption and two tags\n"
    );
    println!("| what | dekko ms | dekko peak MB | peer ms / peak | ratio | floor ms |");
    println!("|---|---|---|---|---|---|");
    bench.small();
    for values in [50, 5000] {
        bench.driver(values);
    }
    bench.history(1000);
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    bench.moves("on the disk, which only dekko waits for", disk.path());
    if let Ok(memory) = tempfile::tempdir_in("/dev/shm") {
        bench.moves("in memory, where waiting costs nothing", memory.path());
    }
    for format in ["yaml", "json"] {
        for &values in &sizes {
            bench.table(format, values);
        }
    }
}
