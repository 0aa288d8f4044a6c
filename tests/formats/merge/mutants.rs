//! Merges of texts that nobody would write: fixtures, and fixtures with lines taken out, doubled, moved and changed.

use dekko::format::Format;
use dekko::merge::marks::{Side, taken};
use dekko::merge::{Lists, Merged};

use super::model::Dice;
use super::whole::texts;
use super::{Texts, assert_sides_parse, run};
use crate::laws;

/// `text` with a few changes to its lines.
fn mutant(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for _ in 0..1 + dice.roll(3) {
        let (at, to) = (dice.roll(lines.len()), dice.roll(lines.len()));
        match dice.roll(7) {
            0 if !lines.is_empty() => {
                lines.remove(at);
            }
            1 if !lines.is_empty() => {
                let line = lines[at].clone();
                lines.insert(to, line);
            }
            2 if !lines.is_empty() => lines.swap(at, to),
            3 => lines.insert(at, "\n".to_owned()),
            4 => lines.insert(at, "# new\n".to_owned()),
            _ => {
                if let Some(line) = lines.get_mut(at) {
                    let places: Vec<usize> = line.char_indices().map(|(place, _)| place).collect();
                    if let Some(&place) = places.get(dice.roll(places.len())) {
                        let new = ["x", "1", " ", ",", "\"", "{}", "]", "\n", ": ", "-"][dice.roll(10)];
                        let end = line[place..].chars().next().map_or(place, |c| place + c.len_utf8());
                        let end = if dice.is(2) { end } else { place };
                        line.replace_range(place..end, new);
                    }
                }
            }
        }
    }
    lines.concat()
}

fn check(format: &dyn Format, texts: &Texts<'_>) -> Option<Merged> {
    let merged = run(format, texts, Lists::Ordered)?;
    assert_sides_parse(format, &merged);
    Some(merged)
}

fn sweep(rounds: usize, seed: u64) {
    let mut dice = Dice(seed);
    let all = texts();
    let (mut held, mut conflicts, mut none) = (0, 0, 0);
    for (_, format, base) in all.iter().filter(|(_, _, text)| text.len() < 4000) {
        for _ in 0..rounds {
            let (ours, theirs) = (mutant(&mut dice, base), mutant(&mut dice, base));
            let is_valid =
                |text: &str| laws::read(*format, text).is_ok_and(|document| document.block.is_none());
            if !is_valid(&ours) || !is_valid(&theirs) {
                continue;
            }
            let found = check(*format, &Texts { base: Some(base), ours: &ours, theirs: &theirs });
            match &found {
                None => none += 1,
                Some(merged) if merged.paths.is_empty() => held += 1,
                Some(_) => conflicts += 1,
            }
            check(*format, &Texts { base: None, ours: &ours, theirs: &theirs });
            let one = check(*format, &Texts { base: Some(base), ours: &ours, theirs: base }).unwrap();
            assert_eq!(taken(&one.pieces, Side::Ours), ours);
        }
    }
    println!("{held} merged, {conflicts} in conflict, {none} left to lines");
    assert!(none * 4 < held + conflicts, "{none} of {}", held + conflicts + none);
}

#[test]
fn strange_texts_keep_the_laws() {
    sweep(4, 3);
}

#[test]
#[ignore = "many more strange texts"]
fn many_strange_texts_keep_the_laws() {
    sweep(300, 9);
}
