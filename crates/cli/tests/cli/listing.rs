//! `gannet steps` and `gannet devices`.

use crate::bench::Bench;

#[test]
fn steps_are_listed_and_searched() {
    let bench = Bench::new();
    bench.run("steps").expect(
        0,
        &["{phone} calls {dest}", "pause for {time}", "Parameters"],
    );
    let run = bench.run("steps voicemail");
    run.expect(0, &["{phone} has voicemail waiting"]);
    assert!(!run.out.contains("pause for"), "{}", run.out);
    bench
        .run("steps --json pause")
        .expect(0, &["\"pattern\": \"pause for {time}\""]);
    bench
        .run_words(&["steps", "Alice calls Bob"])
        .expect(0, &["{phone} calls {dest}"]);
    bench
        .run("steps xyzzy")
        .expect(4, &["no step has or resembles `xyzzy`"]);
}

#[test]
fn profiles_are_listed_and_shown() {
    let bench = Bench::new().with("mine/Vole1.toml", "inherits = \"generic\"\n");
    bench
        .run("devices")
        .expect(0, &["Squirrel350", "Chipmunk5000", "generic"]);
    bench.run("devices --devices mine").expect(0, &["Vole1"]);
    bench
        .run("devices Vole1 --devices mine")
        .expect(0, &["inherits = \"generic\""]);
    bench
        .run("devices --json")
        .expect(0, &["\"name\": \"Squirrel350\""]);
    bench
        .run("devices Squirel350")
        .expect(2, &["did you mean Squirrel350?"]);
}
