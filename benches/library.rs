//! `cargo bench --bench library`: the steps of the main job, by number of values.

mod inputs;

use divan::{Bencher, black_box};

use dekko::crypto::DataKey;
use dekko::document::splice;
use dekko::file::{EncryptedFile, FileType};
use inputs::Input;

const SIZES: [usize; 3] = [100, 1000, 10_000];

fn main() {
    divan::main();
}

fn yaml() -> FileType {
    FileType::named("yaml").expect("a format")
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, values: usize) {
    let text = Input::new("yaml", values).text;
    let FileType::Text(format) = yaml() else { return };
    bencher.with_inputs(|| text.clone()).bench_values(|text| format.parse(text));
}

#[divan::bench(args = SIZES)]
fn seal(bencher: Bencher<'_, '_>, values: usize) {
    let input = Input::new("yaml", values);
    bencher.bench(|| input.sealed());
}

#[divan::bench(args = SIZES)]
fn read_and_open(bencher: Bencher<'_, '_>, values: usize) {
    let (_, bytes) = Input::new("yaml", values).sealed();
    bencher.with_inputs(|| bytes.clone()).bench_values(|bytes| {
        EncryptedFile::read(yaml(), bytes).and_then(|file| file.open(DataKey::new([7; 32])))
    });
}

#[divan::bench(args = SIZES)]
fn decrypt(bencher: Bencher<'_, '_>, values: usize) {
    let (file, _) = Input::new("yaml", values).sealed();
    let open = file.open(DataKey::new([7; 32])).expect("opens");
    bencher.bench(|| open.plain());
}

#[divan::bench(args = SIZES)]
fn splice_all(bencher: Bencher<'_, '_>, values: usize) {
    let (file, _) = Input::new("yaml", values).sealed();
    let document = file.document().expect("a text");
    bencher.bench(|| {
        splice(document.source(), document.leaves().iter().map(|leaf| (leaf.span, black_box("x"))))
    });
}
