//! The replay rule over random histories with branches, criss-cross merges and rotations: nothing in honest ones, and whatever is
//! put back in them is found.

use std::collections::HashSet;

use dekko::crypto::{DataKey, Keys, Token};
use dekko::document::Cover;
use dekko::file::EncryptedFile;
use dekko::git::replay::{Change, Finding, History as Replay, Kind, PathId, VersionId, Versions};
use dekko::git::{At, Graph};

use crate::honest::{Chance, History, Text};
use crate::sealed::{file_type, recipe, report, sealed_with};

/// A commit: its parents, and the text of the file; `None` where there is none.
type Commit = (Vec<usize>, Option<Vec<u8>>);

/// A history of honest people: some branches, which are merged into each other again and again.
fn honest(seed: u64) -> History {
    let mut history = History::new(seed, false);
    let mut heads = vec![(0, Text::first()); 2];
    for _ in 0..13 {
        let one = history.chance.below(heads.len());
        match history.chance.below(10) {
            0..=3 => {
                let (at, mut text) = heads[one].clone();
                text.change(&mut history.chance);
                heads[one] = (history.edit(at, &text), text);
            }
            4 if history.chance.below(2) == 0 => heads[one].0 = history.rotate(heads[one].0),
            4 => {
                // A branch from long ago.
                let from = history.chance.below(history.versions.len());
                let text = heads[one].1.clone();
                heads.push((from, text));
            }
            5 | 6 => {
                // Two that merge each other.
                let other = (one + 1) % heads.len();
                let (a, b) = (heads[one].0, heads[other].0);
                if is_apart(&history, a, b) {
                    heads[one].0 = history.merge(a, b).map_or(a, |(merged, _)| merged);
                    heads[other].0 = history.merge(b, a).map_or(b, |(merged, _)| merged);
                }
            }
            _ => {
                let other = history.chance.below(heads.len());
                let (a, b) = (heads[one].0, heads[other].0);
                if is_apart(&history, a, b) {
                    heads[one].0 = history.merge(a, b).map_or(a, |(merged, _)| merged);
                }
            }
        }
    }
    history
}

/// Whether neither comes after the other.
fn is_apart(history: &History, a: usize, b: usize) -> bool {
    !history.ancestors(a).contains(&b) && !history.ancestors(b).contains(&a)
}

fn commits(history: &History) -> Vec<Commit> {
    history.versions.iter().map(|version| (version.parents.clone(), Some(version.bytes.clone()))).collect()
}

/// What is found by who has the keys of `known`.
fn findings(commits: &[Commit], known: &History) -> Vec<Finding> {
    let parents = |commit: &Commit| commit.0.iter().map(|&at| At(at as u32)).collect();
    let graph = Graph::new(commits.iter().map(parents).collect()).expect("parents come first");
    let (mut versions, mut files) = (Versions::new(), Vec::new());
    let mut history = Replay::new(&graph);
    for (at, (_, bytes)) in graph.commits().zip(commits) {
        let version =
            bytes.as_ref().map(|bytes| match EncryptedFile::read(file_type("yaml"), bytes.clone()) {
                Ok(file) => {
                    let id = versions.push(&file);
                    files.push((id, file));
                    id
                }
                Err(_) => {
                    let parts = versions.push_broken(&String::from_utf8_lossy(bytes));
                    parts.unwrap_or_else(|| versions.push_opaque())
                }
            });
        history.set(at, Change { path: PathId(0), version });
    }
    let mut vouches = |old: VersionId, new: VersionId| {
        let file = |id| files.iter().find(|(known, _)| *known == id).map(|(_, file)| file);
        let (old, new) = (file(old)?, file(new)?);
        let mut keys = known.versions.iter().map(|version| DataKey::new(version.key));
        let key = keys.find(|key| old.fits(key))?;
        let keys = Keys::derive(&key, &old.envelope().file_id);
        Some(new.envelope().succession()?.holds(&keys, &new.envelope().commit))
    };
    history.findings(&versions, &mut vouches)
}

fn told(commits: &[Commit]) -> String {
    let mut out = String::new();
    for (at, (parents, bytes)) in commits.iter().enumerate() {
        let text = bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let short = |line: &str| line.chars().take(70).collect::<String>() + "…" + tail(line);
        let lines: Vec<String> = text.iter().flat_map(|text| text.lines()).map(short).collect();
        out.push_str(&format!("--- {at} from {parents:?}\n{}\n", lines.join("\n")));
    }
    out
}

fn tail(line: &str) -> &str {
    line.get(line.len().saturating_sub(8)..).unwrap_or_default()
}

#[test]
fn honest_branches_and_merges_of_any_shape_have_no_findings() {
    let count = if cfg!(debug_assertions) { 300 } else { 3000 };
    let (mut merges, mut crossed) = (0, 0);
    for seed in 0..count {
        let history = honest(seed);
        for version in history.versions.iter().filter(|version| version.parents.len() > 1) {
            merges += 1;
            crossed += usize::from(history.bases(version.parents[0], version.parents[1]).len() > 1);
        }
        let commits = commits(&history);
        let found = findings(&commits, &history);
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{}", told(&commits));
    }
    report(&format!("honest shapes: {count}, with {merges} merges, {crossed} of several bases"));
    assert!(merges > 2 * count as usize && crossed > 100, "{merges} merges, {crossed} crossed");
}

/// The lines with tokens: the id, and the whole line.
fn token_lines(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let token = |line: &str| Token::find_all(line).next().map(|(_, token)| token.id().to_string());
    text.lines().filter_map(|line| Some((token(line)?, line.to_owned()))).collect()
}

/// `now` with one value as it was in `old`; `None` when they share none that changed.
fn with_one_value_of(chance: &mut Chance, now: &[u8], old: &[u8]) -> Option<Vec<u8>> {
    let now_lines = token_lines(now);
    let changed: Vec<(String, String)> = token_lines(old)
        .into_iter()
        .filter_map(|(id, old)| {
            let (_, now) = now_lines.iter().find(|(known, _)| *known == id)?;
            // Under another data key it could not be read.
            let kid = |line: &str| line.split_once(Token::SIGN).map(|(_, token)| token[..4].to_owned());
            (*now != old && kid(now) == kid(&old)).then(|| (now.clone(), old))
        })
        .collect();
    let (now_line, old_line) = changed.get(chance.below(changed.len()))?;
    Some(String::from_utf8_lossy(now).replace(now_line.as_str(), old_line).into_bytes())
}

/// A version that `head` comes after and has moved on from, and a commit from before it was there.
fn old_state(history: &mut History, head: usize) -> Option<(usize, usize)> {
    let before: Vec<usize> = history.ancestors(head).into_iter().filter(|&at| at != head).collect();
    let old = *before.get(history.chance.below(before.len()))?;
    // Not what is there by another way.
    let has = |at: usize| {
        let lines: HashSet<_> = token_lines(&history.versions[at].bytes).into_iter().collect();
        lines
    };
    if has(old) == has(head) || history.versions[old].parents.is_empty() {
        return None;
    }
    let before: Vec<usize> = history.ancestors(old).into_iter().filter(|&at| at != old).collect();
    let fork = before[history.chance.below(before.len())];
    Some((old, fork))
}

#[test]
fn whatever_is_put_back_by_a_merge_is_found() {
    let count = if cfg!(debug_assertions) { 100 } else { 2000 };
    let mut tried = [0; 8];
    for seed in 0..count {
        let mut history = honest(seed + 50_000);
        let heads: Vec<usize> = (0..history.versions.len())
            .filter(|at| !history.versions.iter().any(|version| version.parents.contains(at)))
            .collect();
        let head = heads[history.chance.below(heads.len())];
        let Some((old, fork)) = old_state(&mut history, head) else { continue };
        let all = commits(&history);
        let next = all.len();
        let [now, before] = [head, old].map(|at| all[at].1.clone());
        let one = with_one_value_of(
            &mut history.chance,
            now.as_deref().expect("a file"),
            before.as_deref().expect("a file"),
        );
        let stranger = sealed_with("yaml", b"k0: own\n", &recipe("encrypt **", Cover::All), seed).ok();
        let broken = Some(b"<<<<<<< ours\n=======\n>>>>>>> theirs\n".to_vec());
        let extra = history.chance.below(all.len());
        let attacks: [Vec<Commit>; 8] = [
            // A side from before the value: the whole old file.
            vec![(vec![fork], before.clone()), (vec![head, next], before.clone())],
            // The same, as the first parent, and only one value of it.
            vec![(vec![fork], before.clone()), (vec![next, head], one.clone())],
            // With a third parent.
            vec![(vec![fork], before.clone()), (vec![head, extra, next], before.clone())],
            // An orphan.
            vec![(vec![], before.clone()), (vec![head, next], one.clone())],
            // By a commit that nobody can read.
            vec![
                (vec![fork], before.clone()),
                (vec![head, next], broken.clone()),
                (vec![next + 1], one.clone()),
            ],
            // Another file: by a side where the file was removed, by an orphan, after something unreadable.
            vec![
                (vec![fork], None),
                (vec![next], stranger.clone()),
                (vec![head, next + 1], stranger.clone()),
            ],
            vec![(vec![], stranger.clone()), (vec![head, extra, next], stranger.clone())],
            vec![(vec![head], broken), (vec![next], Some(b"x: 1\n".to_vec())), (vec![next + 1], stranger)],
        ];
        for (kind, attack) in attacks.into_iter().enumerate() {
            if attack.iter().any(|(_, file)| file.is_none()) && kind != 5 {
                continue;
            }
            if kind == 1 || kind == 3 || kind == 4 {
                // The value was not put back where the side has another one.
                if one.is_none() {
                    continue;
                }
            }
            let commits: Vec<Commit> = all.iter().cloned().chain(attack).collect();
            let found = findings(&commits, &history);
            let expected = if kind < 5 { Kind::Replay } else { Kind::Unrelated };
            assert!(
                found.iter().any(|finding| finding.kind == expected && finding.commit.index() >= next),
                "seed {seed}, attack {kind}: head {head}, old {old}, fork {fork}: {found:?}\n{}",
                told(&commits)
            );
            tried[kind] += 1;
        }
    }
    report(&format!("attacks by merges: {tried:?}, all found"));
    assert!(tried.iter().all(|&count| count > 30), "{tried:?}");
}
