//! What the help says: a change of it is a change of the product.

use crate::bench::Bench;

#[test]
fn help_of_all_commands() {
    let bench = Bench::new();
    for command in [
        "", "test", "load", "report", "ladder", "check", "steps", "devices", "pbx", "stir",
    ] {
        let words: Vec<_> = command.split(' ').filter(|word| !word.is_empty()).collect();
        let run = bench.run_words(&[words.as_slice(), &["--help"]].concat());
        assert_eq!(run.code, Some(0));
        let name = if command.is_empty() {
            "gannet"
        } else {
            command
        };
        insta::assert_snapshot!(name, run.out);
    }
}
