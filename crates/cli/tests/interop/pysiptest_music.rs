//! pysiptest's calls to music, unchanged and in real time.

use std::time::Duration;

use crate::harness::{FeatureRun, Site};

/// Its pauses add up to 89 seconds.
const LIMIT: Duration = Duration::from_secs(150);

#[test]
fn calls_to_music_pass_unchanged_with_the_embedded_server() {
    let Some(site) = Site::open(
        "calls_to_music_pass_unchanged_with_the_embedded_server",
        &[],
    ) else {
        return;
    };
    let feature = Site::fixture("pysiptest/basecall/call_music.feature");
    let run = FeatureRun::of_file(&site, "call_music", feature);
    let config = "[pbx]\nmusic = [\"*100\"]\n\n[user.Alice1]\nuser = \"alice\"\npassword = \
                  \"alicepw\"\n\n[user.Bob1]\nuser = \"bob\"\npassword = \"bobpw\"\n";
    run.with_config(config).run(LIMIT).assert_passed();
}
