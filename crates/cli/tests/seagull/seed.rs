//! The scenarios that Seagull's SIP page prints, as the seed text has them.

use std::fs;

use crate::harness::{FixedPorts, Folder, shared};

/// The scenarios of the page, in order.
fn printed() -> Option<Vec<String>> {
    const END: &str = "</scenario>";
    let folder = shared("seeds")?;
    let page = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("003_")
        })
        .unwrap();
    let text = fs::read_to_string(page).unwrap();
    let scenarios = text.match_indices("<?xml").map(|(start, _)| {
        let rest = &text[start..];
        rest[..rest.find(END).unwrap() + END.len()].to_owned()
    });
    Some(scenarios.collect())
}

#[test]
fn both_clients_play_as_printed_against_the_server_of_the_examples() {
    let (Some(scenarios), Some(folder)) = (printed(), Folder::of_fixtures()) else {
        return;
    };
    let _ports = FixedPorts::take();
    assert_eq!(scenarios.len(), 2);
    // The page prints the form of the external file and leaves its lines to the reader.
    folder.write(
        "run/external_data_client.csv",
        "\"string\" ; \"string\" ; \"string\" ; \"string\" ; \"string\" ;\n\
         \"seagull\" ; \"127.0.0.1:5071\" ; \"server\" ; \"127.0.0.1:5060\" ; \"UDP\" ;\n\
         \"albatross\" ; \"127.0.0.1:5071\" ; \"server\" ; \"127.0.0.1:5060\" ; \"UDP\" ;\n",
    );
    for (scenario, conf) in scenarios
        .iter()
        .zip(["conf.client.xml", "conf.client.param.xml"])
    {
        folder.write("scenario/printed.xml", scenario);
        let params = "<define entity=\"traffic-param\" name=\"number-calls\" value=\"10\"></define>\n\
             <define entity=\"traffic-param\" name=\"call-rate\" value=\"100\"></define>\n";
        let end = format!("{params}</configuration>");
        folder.replace(&format!("config/{conf}"), "</configuration>", &end);
        let dictionary = "-dico ../config/sip-dictionnary.xml";
        let server = format!(
            "-conf ../config/conf.server.xml {dictionary} -scen ../scenario/server.xml \
             -log ../logs/server.log -llevel ET"
        );
        let mut server = folder.play("server", &server).ready();
        let client = format!(
            "-conf ../config/{conf} {dictionary} -scen ../scenario/printed.xml \
             -log ../logs/client.log -llevel ET"
        );
        let mut client = folder.play("client", &client);
        client.wait().expect(0, &["10 successful, 0 failed"]);
        server.stop();
        server.wait().expect(0, &["10 successful, 0 failed"]);
    }
}
