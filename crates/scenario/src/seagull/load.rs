//! All files of a run, read together.

use gannet_diag::{Diagnostic, Diagnostics, SourceFile};

use super::configuration::Configuration;
use super::dictionary::{self, Dictionary};
use super::external::ExternalData;
use super::options::LoadOptions;
use super::scenario::{self, ChannelSetting, Compiled, External, Surroundings};
use super::text_file::TextFile;
use super::xml::{Attribute, Element, Encoding, parse, source_from_bytes};
use crate::model::{Channel, KeySource, LineEnds, ProtocolId, Scenario};

/// The bytes of a file, and the name under which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBytes {
    /// Usually the path as the user gave it.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The files of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The configuration.
    pub conf: NamedBytes,
    /// The dictionaries.
    pub dictionaries: Vec<NamedBytes>,
    /// The scenario.
    pub scenario: NamedBytes,
    /// What [`external_file`] names, if it could be read.
    pub external: Option<NamedBytes>,
}

/// A run, ready to be played.
#[derive(Debug, Clone)]
pub struct Run {
    /// The scenario.
    pub scenario: Scenario,
    /// How the run goes.
    pub configuration: Configuration,
    /// The data that the scenario takes lines from.
    pub external: Option<ExternalData>,
}

/// What came of loading.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The run; `None` if one of the files has an error.
    pub run: Option<Run>,
    /// Every file with what is wrong in it, in the order configuration, dictionaries, scenario,
    /// external data; sorted by place.
    pub diagnostics: Vec<(SourceFile, Diagnostics)>,
}

impl Loaded {
    /// Whether one of the files has an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|(_, diagnostics)| diagnostics.has_errors())
    }
}

/// The file of external data that a configuration names, as it is written there.
pub fn external_file(conf: &NamedBytes) -> Option<String> {
    let (source, encoding) = source_from_bytes(&conf.name, &conf.bytes);
    let dialect = super::xml::Dialect::default();
    Configuration::read(&source, encoding, dialect, &mut Diagnostics::new())
        .traffic
        .data_file
}

/// Reads all files of a run and tells everything that is wrong with any of them.
pub fn load(files: &Files, options: &LoadOptions) -> Loaded {
    let options = *options;
    let mut conf = Opened::new(&files.conf);
    let configuration = Configuration::read(
        &conf.source,
        conf.encoding,
        options.dialect,
        &mut conf.diagnostics,
    );
    let mut dictionary_files: Vec<Opened> = files.dictionaries.iter().map(Opened::new).collect();
    let dictionaries = read_dictionaries(&mut dictionary_files, Some(&configuration), options);
    let dictionaries_known = !dictionary_files
        .iter()
        .any(|file| file.diagnostics.has_errors());
    let configuration_known = !conf.diagnostics.has_errors();
    if dictionaries_known {
        let names: Vec<&str> = dictionaries
            .iter()
            .map(|dictionary| dictionary.protocol.name.as_str())
            .collect();
        configuration.check_protocols(&names, &mut conf.diagnostics);
    }
    let mut external_file = files.external.as_ref().map(Opened::new);
    let external = external_file
        .as_mut()
        .and_then(|file| ExternalData::read(&file.source, file.encoding, &mut file.diagnostics));
    if configuration.traffic.data_file.is_some() && external_file.is_none() {
        external_missing(&mut conf, options);
    }

    let surroundings = surroundings(
        &configuration,
        &dictionaries,
        configuration_known,
        external.as_ref(),
        options,
    );
    let mut scenario_file = Opened::new(&files.scenario);
    let compiled = read_scenario(&mut scenario_file, options, &surroundings);
    let scenario = compiled.and_then(|compiled| {
        assemble(
            &files.scenario.name,
            compiled,
            &configuration,
            &dictionaries,
        )
    });

    let diagnostics: Vec<(SourceFile, Diagnostics)> = std::iter::once(conf)
        .chain(dictionary_files)
        .chain([scenario_file])
        .chain(external_file)
        .map(Opened::close)
        .collect();
    let mut loaded = Loaded {
        run: None,
        diagnostics,
    };
    if !loaded.has_errors() {
        loaded.run = scenario.map(|scenario| Run {
            scenario,
            configuration,
            external,
        });
    }
    loaded
}

/// A file, its text, and what is wrong in it.
pub(super) struct Opened {
    pub(super) source: SourceFile,
    pub(super) encoding: Encoding,
    pub(super) diagnostics: Diagnostics,
}

impl Opened {
    pub(super) fn new(file: &NamedBytes) -> Self {
        let (source, encoding) = source_from_bytes(&file.name, &file.bytes);
        Self {
            source,
            encoding,
            diagnostics: Diagnostics::new(),
        }
    }

    fn elements(&mut self, options: LoadOptions) -> Vec<Element> {
        parse(&self.source, options.dialect, &mut self.diagnostics)
    }

    pub(super) fn close(mut self) -> (SourceFile, Diagnostics) {
        self.diagnostics.sort();
        (self.source, self.diagnostics)
    }
}

pub(super) fn read_dictionaries(
    files: &mut [Opened],
    configuration: Option<&Configuration>,
    options: LoadOptions,
) -> Vec<Dictionary> {
    let mut dictionaries: Vec<Dictionary> = Vec::new();
    for file in files {
        let elements = file.elements(options);
        only(&elements, "protocol", false, file);
        for root in elements.iter().filter(|found| found.name == "protocol") {
            let text = TextFile {
                source: &file.source,
                encoding: file.encoding,
                dialect: options.dialect,
            };
            let Some(dictionary) = dictionary::compile(root, &text, &mut file.diagnostics) else {
                continue;
            };
            let name = &dictionary.protocol.name;
            if dictionaries
                .iter()
                .any(|other| other.protocol.name == *name)
            {
                file.diagnostics.push(Diagnostic::error(
                    "duplicate-protocol",
                    format!("there is already a protocol `{name}`"),
                    root.attribute("name")
                        .map_or(root.name_span.clone(), |found| found.value_span.clone()),
                ));
                continue;
            }
            for parameter in &dictionary.parameters {
                let lacks = |it: &Configuration| it.param(&parameter.name).is_none();
                if parameter.mandatory && configuration.is_some_and(lacks) {
                    file.diagnostics.push(
                        Diagnostic::error(
                            "missing-parameter",
                            format!(
                                "the configuration must give a value for `{}`",
                                parameter.name
                            ),
                            parameter.span.clone(),
                        )
                        .with_help(format!(
                            "add to it: <define entity=\"config-param\" name=\"{}\" value=\"..\"></define>",
                            parameter.name
                        )),
                    );
                }
            }
            dictionaries.push(dictionary);
        }
    }
    dictionaries
}

pub(super) fn read_scenario(
    file: &mut Opened,
    options: LoadOptions,
    surroundings: &Surroundings<'_>,
) -> Option<Compiled> {
    let elements = file.elements(options);
    only(&elements, "scenario", true, file);
    let root = elements.iter().find(|found| found.name == "scenario")?;
    let text = TextFile {
        source: &file.source,
        encoding: file.encoding,
        dialect: options.dialect,
    };
    Some(scenario::compile(
        root,
        text,
        surroundings,
        &mut file.diagnostics,
    ))
}

/// Tells elements at the top of a file that do not belong there, and the one that is missing.
fn only(elements: &[Element], name: &str, once: bool, file: &mut Opened) {
    let mut found = 0;
    for element in elements {
        found += usize::from(element.name == name);
        let (code, message) = if element.name != name {
            (
                "unexpected-element",
                format!("`<{}>` in a file of `<{name}>`", element.name),
            )
        } else if once && found > 1 {
            ("duplicate-element", format!("a second `<{name}>`"))
        } else {
            continue;
        };
        let diagnostic = Diagnostic::error(code, message, element.name_span.clone());
        file.diagnostics.push(match element.name.as_str() {
            "scenario" => diagnostic.with_help("scenarios are named with -scen"),
            "protocol" => diagnostic.with_help("dictionaries are named with -dico"),
            "configuration" => diagnostic.with_help("configurations are named with -conf"),
            _ => diagnostic,
        });
    }
    if found == 0 && !file.diagnostics.has_errors() {
        let end = file.source.text().len();
        file.diagnostics.push(Diagnostic::error(
            "missing-element",
            format!("there is no `<{name}>` in this file"),
            end..end,
        ));
    }
}

/// The complaint that the external data could not be read, where they are named.
pub(super) fn external_missing(conf: &mut Opened, options: LoadOptions) {
    let elements = parse(&conf.source, options.dialect, &mut Diagnostics::new());
    let place = elements
        .iter()
        .flat_map(Element::elements)
        .filter(|define| {
            define
                .attribute("name")
                .is_some_and(|name| name.value == "external-data-file")
        })
        .find_map(|define| define.attribute("value"));
    let (name, span) = match place {
        Some(Attribute {
            value, value_span, ..
        }) => (value.as_str(), value_span.clone()),
        None => ("external-data-file", 0..0),
    };
    conf.diagnostics.push(Diagnostic::error(
        "missing-file",
        format!("the external data `{name}` could not be read"),
        span,
    ));
}

/// What the scenario depends on.
pub(super) fn surroundings<'a>(
    configuration: &Configuration,
    dictionaries: &'a [Dictionary],
    configuration_known: bool,
    external: Option<&ExternalData>,
    options: LoadOptions,
) -> Surroundings<'a> {
    let traffic = &configuration.traffic;
    Surroundings {
        dictionaries,
        channels: channel_settings(configuration, dictionaries),
        channels_known: configuration_known,
        parameters: parameters(configuration),
        external: match (&traffic.data_file, external) {
            // What names them may stand where the configuration could not be read.
            (None, _) if !configuration_known => External::Unreadable,
            (None, _) => External::NotNamed,
            (Some(_), None) => External::Unreadable,
            (Some(_), Some(data)) => External::Columns(data.columns()),
        },
        checks_run: traffic.checks,
        retransmits: traffic.retransmit,
        exact: options.exact,
        match_cseq: traffic.match_cseq.unwrap_or(options.match_cseq),
        line_ends: if options.exact_line_ends || traffic.exact_line_ends {
            LineEnds::Exact
        } else {
            LineEnds::Kept
        },
    }
}

fn channel_settings(
    configuration: &Configuration,
    dictionaries: &[Dictionary],
) -> Vec<ChannelSetting> {
    configuration
        .channels
        .iter()
        .map(|channel| ChannelSetting {
            name: channel.name.clone(),
            dictionary: dictionaries
                .iter()
                .position(|dictionary| dictionary.protocol.name == channel.protocol),
        })
        .collect()
}

fn parameters(configuration: &Configuration) -> Vec<(String, Vec<u8>)> {
    configuration
        .params
        .iter()
        .map(|(name, value)| (name.clone(), configuration.encoding.bytes(value)))
        .collect()
}

/// The scenario as it is played; `None` if a channel has no dictionary, which is told.
fn assemble(
    name: &str,
    compiled: Compiled,
    configuration: &Configuration,
    dictionaries: &[Dictionary],
) -> Option<Scenario> {
    let settings = channel_settings(configuration, dictionaries);
    let channels: Option<Vec<Channel>> = configuration
        .channels
        .iter()
        .zip(settings)
        .zip(compiled.lookup)
        .map(|((channel, setting), lookup): (_, Vec<KeySource>)| {
            Some(Channel {
                name: channel.name.clone(),
                protocol: ProtocolId(u16::try_from(setting.dictionary?).ok()?),
                transport: channel.transport,
                global: channel.global,
                reconnect: channel.reconnect,
                open: channel.open.clone(),
                lookup,
            })
        })
        .collect();
    Some(Scenario {
        name: name.to_owned(),
        protocols: dictionaries
            .iter()
            .map(|dictionary| dictionary.protocol.clone())
            .collect(),
        channels: channels?,
        counters: compiled.counters,
        variables: compiled.variables,
        sections: compiled.sections,
    })
}
