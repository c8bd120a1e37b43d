//! Seagull's own files, and the scenarios printed in the seed text, load without complaint.

mod common;

use common::shared;
use gannet_scenario::seagull::{Files, LoadOptions, Loaded, NamedBytes, external_file, load};

/// A file of Seagull's examples.
fn named(path: &str) -> Option<NamedBytes> {
    Some(NamedBytes {
        name: path.to_owned(),
        bytes: shared(&format!("fixtures/seagull/{path}"))?,
    })
}

fn files(conf: &str, scenario: NamedBytes) -> Option<Files> {
    let conf = named(&format!("config/{conf}"))?;
    let external = external_file(&conf).and_then(|name| named(&format!("run/{name}")));
    Some(Files {
        conf,
        dictionaries: vec![named("config/sip-dictionnary.xml")?],
        scenario,
        external,
    })
}

fn complaints(loaded: &Loaded) -> String {
    loaded
        .diagnostics
        .iter()
        .map(|(source, diagnostics)| gannet_diag::render(source, diagnostics, false))
        .collect()
}

#[test]
fn all_files_load_without_complaint() {
    for (conf, scenario, client) in [
        ("conf.client.xml", "client.xml", true),
        ("conf.client.param.xml", "client.param.xml", true),
        ("conf.server.xml", "server.xml", false),
        ("conf.client.corr.xml", "client_corr.xml", true),
        ("conf.server.corr.1.xml", "server_corr_1.xml", false),
        ("conf.server.corr.2.xml", "server_corr_2.xml", false),
    ] {
        let scenario = named(&format!("scenario/{scenario}"));
        let Some(files) = scenario.and_then(|scenario| files(conf, scenario)) else {
            return;
        };
        let loaded = load(&files, &LoadOptions::default());
        assert_eq!(complaints(&loaded), "", "{conf}");
        let run = loaded.run.expect("a run");
        assert_eq!(run.scenario.is_client(), client, "{conf}");
    }
}

#[test]
fn scenarios_of_the_seed_text_load_with_that_dictionary() {
    const END: &str = "</scenario>";
    let Some(text) = shared("seeds/003_078cb151b529b2dd.txt") else {
        return;
    };
    let text = String::from_utf8_lossy(&text);
    let scenarios: Vec<&str> = text
        .match_indices("<?xml")
        .filter_map(|(start, _)| {
            let length = text[start..].find(END)?;
            Some(&text[start..start + length + END.len()])
        })
        .collect();
    assert!(scenarios.len() >= 2, "{} scenarios", scenarios.len());
    for (scenario, conf) in scenarios
        .into_iter()
        .zip(["conf.client.xml", "conf.client.param.xml"])
    {
        let scenario = NamedBytes {
            name: "seed.xml".to_owned(),
            bytes: scenario.as_bytes().to_vec(),
        };
        let files = files(conf, scenario).expect("the examples are beside the seed text");
        let loaded = load(&files, &LoadOptions::default());
        assert_eq!(complaints(&loaded), "", "{conf}");
        assert!(loaded.run.is_some_and(|run| run.scenario.is_client()));
    }
}
