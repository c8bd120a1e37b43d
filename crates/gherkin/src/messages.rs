//! Documents, pickles and parse errors as Cucumber Messages (the JSON of one line each).
//!
//! <https://github.com/cucumber/messages> names the fields; numbers of nodes are strings there.

use serde_json::{Map, Value, json};

use crate::ast::{
    Background, Comment, DataTable, DocString, Examples, Feature, FeatureChild, GherkinDocument,
    Heading, Id, Location, Rule, RuleChild, Scenario, Step, StepKeywordType, TableRow, Tag,
};
use crate::error::ParseError;
use crate::parser::Syntax;
use crate::pickle::{Pickle, PickleArgument, PickleStep, PickleStepType};

/// `{"source": …}`.
pub fn source(text: &str, uri: &str, syntax: Syntax) -> Value {
    let media_type = match syntax {
        Syntax::Plain => "text/x.cucumber.gherkin+plain",
        Syntax::Markdown => "text/x.cucumber.gherkin+markdown",
    };
    json!({"source": {"data": text, "mediaType": media_type, "uri": uri}})
}

/// `{"gherkinDocument": …}`.
pub fn gherkin_document(document: &GherkinDocument, uri: &str) -> Value {
    let mut out = object([
        ("comments", list(&document.comments, comment)),
        ("uri", json!(uri)),
    ]);
    if let Some(feature) = &document.feature {
        out.insert("feature".to_owned(), feature_value(feature));
    }
    json!({"gherkinDocument": out})
}

/// `{"pickle": …}`.
pub fn pickle(pickle: &Pickle) -> Value {
    let tags: Vec<_> = pickle
        .tags
        .iter()
        .map(|tag| json!({"astNodeId": id(tag.ast_node_id), "name": tag.name}))
        .collect();
    json!({"pickle": {
        "astNodeIds": ids(&pickle.ast_node_ids),
        "id": id(pickle.id),
        "language": pickle.language,
        "location": location(pickle.location),
        "name": pickle.name,
        "steps": list(&pickle.steps, pickle_step),
        "tags": tags,
        "uri": pickle.uri,
    }})
}

/// `{"parseError": …}`, in the words of the official parser.
pub fn parse_error(error: &ParseError, uri: &str) -> Value {
    let mut place = object([("line", json!(error.line))]);
    if let Some(column) = error.column {
        place.insert("column".to_owned(), json!(column));
    }
    json!({"parseError": {
        "message": error.to_string(),
        "source": {"location": place, "uri": uri},
    }})
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    items.iter().map(value).collect()
}

fn id(id: Id) -> Value {
    Value::String(id.to_string())
}

fn ids(all: &[Id]) -> Value {
    all.iter().copied().map(id).collect()
}

fn location(location: Location) -> Value {
    json!({"line": location.line, "column": location.column})
}

fn comment(comment: &Comment) -> Value {
    json!({"location": location(comment.location), "text": comment.text})
}

fn heading(heading: &Heading) -> Map<String, Value> {
    let mut out = object([
        ("location", location(heading.location)),
        ("name", json!(heading.name)),
        ("description", json!(heading.description)),
    ]);
    if !heading.keyword.is_empty() {
        out.insert("keyword".to_owned(), json!(heading.keyword));
    }
    out
}

fn tag(tag: &Tag) -> Value {
    json!({"id": id(tag.id), "location": location(tag.location), "name": tag.name})
}

fn feature_value(feature: &Feature) -> Value {
    let mut out = heading(&feature.heading);
    out.extend(object([
        ("language", json!(feature.language)),
        ("tags", list(&feature.tags, tag)),
        (
            "children",
            list(&feature.children, |child| match child {
                FeatureChild::Background(child) => background(child),
                FeatureChild::Scenario(child) => scenario(child),
                FeatureChild::Rule(child) => rule(child),
            }),
        ),
    ]));
    Value::Object(out)
}

fn rule(rule: &Rule) -> Value {
    let mut out = heading(&rule.heading);
    out.extend(object([
        ("id", id(rule.id)),
        ("tags", list(&rule.tags, tag)),
        (
            "children",
            list(&rule.children, |child| match child {
                RuleChild::Background(child) => background(child),
                RuleChild::Scenario(child) => scenario(child),
            }),
        ),
    ]));
    json!({"rule": out})
}

fn background(background: &Background) -> Value {
    let mut out = heading(&background.heading);
    out.extend(object([
        ("id", id(background.id)),
        ("steps", list(&background.steps, step)),
    ]));
    json!({"background": out})
}

fn scenario(scenario: &Scenario) -> Value {
    let mut out = heading(&scenario.heading);
    out.extend(object([
        ("id", id(scenario.id)),
        ("tags", list(&scenario.tags, tag)),
        ("steps", list(&scenario.steps, step)),
        ("examples", list(&scenario.examples, examples)),
    ]));
    json!({"scenario": out})
}

fn examples(examples: &Examples) -> Value {
    let mut out = heading(&examples.heading);
    out.extend(object([
        ("id", id(examples.id)),
        ("tags", list(&examples.tags, tag)),
        ("tableBody", list(&examples.table_body, row)),
    ]));
    if let Some(header) = &examples.table_header {
        out.insert("tableHeader".to_owned(), row(header));
    }
    Value::Object(out)
}

fn step(step: &Step) -> Value {
    let keyword_type = match step.keyword_type {
        StepKeywordType::Context => "Context",
        StepKeywordType::Action => "Action",
        StepKeywordType::Outcome => "Outcome",
        StepKeywordType::Conjunction => "Conjunction",
        StepKeywordType::Unknown => "Unknown",
    };
    let mut out = object([
        ("id", id(step.id)),
        ("location", location(step.location)),
        ("keyword", json!(step.keyword)),
        ("keywordType", json!(keyword_type)),
        ("text", json!(step.text)),
    ]);
    if let Some(table) = &step.data_table {
        out.insert("dataTable".to_owned(), data_table(table));
    }
    if let Some(doc) = &step.doc_string {
        out.insert("docString".to_owned(), doc_string(doc));
    }
    Value::Object(out)
}

fn data_table(table: &DataTable) -> Value {
    json!({"location": location(table.location), "rows": list(&table.rows, row)})
}

fn row(row: &TableRow) -> Value {
    let cells = list(
        &row.cells,
        |cell| json!({"location": location(cell.location), "value": cell.value}),
    );
    json!({"id": id(row.id), "location": location(row.location), "cells": cells})
}

fn doc_string(doc: &DocString) -> Value {
    let mut out = object([
        ("location", location(doc.location)),
        ("content", json!(doc.content)),
        ("delimiter", json!(doc.delimiter)),
    ]);
    if let Some(media_type) = &doc.media_type {
        out.insert("mediaType".to_owned(), json!(media_type));
    }
    Value::Object(out)
}

fn pickle_step(step: &PickleStep) -> Value {
    let step_type = match step.step_type {
        PickleStepType::Context => "Context",
        PickleStepType::Action => "Action",
        PickleStepType::Outcome => "Outcome",
        PickleStepType::Unknown => "Unknown",
    };
    let mut out = object([
        ("id", id(step.id)),
        ("text", json!(step.text)),
        ("type", json!(step_type)),
        ("astNodeIds", ids(&step.ast_node_ids)),
    ]);
    if !step.arguments.is_empty() {
        out.insert("argument".to_owned(), pickle_arguments(&step.arguments));
    }
    Value::Object(out)
}

/// The order of the arguments is told only if there is more than one.
fn pickle_arguments(arguments: &[PickleArgument]) -> Value {
    let mut out = Map::new();
    for (index, argument) in arguments.iter().enumerate() {
        let (name, mut fields) = match argument {
            PickleArgument::Table(table) => {
                let rows = list(&table.rows, |row| {
                    let cells = list(row, |cell| json!({"value": cell}));
                    json!({"cells": cells})
                });
                ("dataTable", object([("rows", rows)]))
            }
            PickleArgument::DocString(doc) => {
                let mut fields = object([("content", json!(doc.content))]);
                if let Some(media_type) = &doc.media_type {
                    fields.insert("mediaType".to_owned(), json!(media_type));
                }
                ("docString", fields)
            }
        };
        if arguments.len() > 1 {
            fields.insert("argumentIndex".to_owned(), json!(index + 1));
        }
        out.insert(name.to_owned(), Value::Object(fields));
    }
    Value::Object(out)
}
