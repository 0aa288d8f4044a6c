//! Running a command often enough, and what it took.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// The argument with which this program runs one command and says what it took: of its children, a process learns the
/// largest peak memory only.
pub const CHILD: &str = "--measure-child";

/// What a command took.
#[derive(Clone, Copy)]
pub struct Figure {
    /// Median wall time.
    pub milliseconds: f64,
    /// Peak resident memory in bytes, the largest of all runs.
    pub peak: u64,
}

/// Runs `words` in `folder` up to 30 times, or until 5 seconds are over.
pub fn measure(words: &[String], folder: &Path) -> Figure {
    measure_after(words, || folder.to_owned())
}

/// As [`measure`], each time in the folder that `prepare` gives, which is not counted.
pub fn measure_after(words: &[String], prepare: impl Fn() -> PathBuf) -> Figure {
    let start = Instant::now();
    let (mut times, mut peak) = (Vec::new(), 0);
    while times.len() < 30 && (times.is_empty() || start.elapsed() < Duration::from_secs(5)) {
        let folder = prepare();
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg(CHILD).args(words).current_dir(&folder);
        command
            .env("DEKKO_AGE_KEY_FILE", folder.join("key.txt"))
            .env("SOPS_AGE_KEY_FILE", folder.join("key.txt"));
        let output = command.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let (time, memory) = said.trim().split_once(' ').expect("two figures");
        times.push(time.parse::<f64>().expect("milliseconds"));
        peak = peak.max(memory.parse().expect("bytes"));
    }
    times.sort_by(f64::total_cmp);
    Figure { milliseconds: times[times.len() / 2], peak }
}

/// Runs `words` once with nothing on standard input and output, and prints milliseconds and peak bytes.
pub fn child(words: Vec<String>) {
    let start = Instant::now();
    let mut command = Command::new(&words[0]);
    let status =
        command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).status().expect("it runs");
    let time = start.elapsed().as_secs_f64() * 1000.0;
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage").max_rss() * 1024;
    assert!(status.success(), "{status}");
    println!("{time} {peak}");
}
