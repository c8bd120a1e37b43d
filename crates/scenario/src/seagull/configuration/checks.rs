//! What is told about a configuration beside the values of its entities.

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::traffic::{ProtocolStatNames, TrafficParams};
use crate::seagull::xml::{Attribute, Element, Node};

/// The element that is the configuration.
pub(super) fn root<'e>(
    source: &SourceFile,
    elements: &'e [Element],
    diagnostics: &mut Diagnostics,
) -> Option<&'e Element> {
    let mut found: Option<&Element> = None;
    for element in elements {
        if element.name != "configuration" {
            diagnostics.push(
                Diagnostic::error(
                    "not-a-configuration",
                    format!("`<{}>` in a configuration file", element.name),
                    element.name_span.clone(),
                )
                .with_label("expected `<configuration>`")
                .with_help(match element.name.as_str() {
                    "scenario" => "scenarios are named with -scen",
                    "protocol" => "dictionaries are named with -dico",
                    _ => "configurations are named with -conf",
                }),
            );
        } else if found.is_some() {
            diagnostics.push(Diagnostic::error(
                "not-a-configuration",
                "a second `<configuration>`",
                element.name_span.clone(),
            ));
        } else {
            found = Some(element);
        }
    }
    if elements.is_empty() && !diagnostics.has_errors() {
        let end = source.text().len();
        diagnostics.push(Diagnostic::error(
            "not-a-configuration",
            "there is no `<configuration>` in this file",
            end..end,
        ));
    }
    found
}

/// Something in a configuration that is no `<define>`.
pub(super) fn not_a_define(node: &Node, diagnostics: &mut Diagnostics) {
    diagnostics.push(match node {
        Node::Element(element) => Diagnostic::error(
            "unknown-element",
            format!("unknown element `<{}>`", element.name),
            element.name_span.clone(),
        )
        .with_label("a configuration holds `<define entity=\"..\">`")
        .with_suggestions(&nearest(&element.name, ["define"], 1)),
        Node::Cdata(cdata) => Diagnostic::error(
            "unknown-element",
            "a text in a configuration",
            cdata.span.clone(),
        ),
    });
}

/// Attributes that are unknown or given twice, and what stands in a `<define>`.
pub(super) fn attributes(define: &Element, known: &[&str], diagnostics: &mut Diagnostics) {
    for (at, attribute) in define.attributes.iter().enumerate() {
        let name = attribute.name.as_str();
        let earlier = define.attributes[..at]
            .iter()
            .any(|other| other.name == name);
        let problem = if name != "entity" && !known.contains(&name) {
            Diagnostic::warning(
                "unknown-attribute",
                format!("unknown attribute `{name}`"),
                attribute.name_span.clone(),
            )
            .with_suggestions(&nearest(name, known, 3))
        } else if earlier {
            Diagnostic::warning(
                "duplicate-attribute",
                format!("a second `{name}`"),
                attribute.name_span.clone(),
            )
        } else {
            continue;
        };
        diagnostics.push(problem.with_label("ignored"));
    }
    for node in &define.children {
        let span = match node {
            Node::Element(element) => element.name_span.clone(),
            Node::Cdata(cdata) => cdata.span.clone(),
        };
        diagnostics.push(
            Diagnostic::error("unknown-element", "nothing may stand in a `<define>`", span)
                .with_help("a `</define>` may be missing"),
        );
    }
}

pub(super) fn missing(define: &Element, name: &str, diagnostics: &mut Diagnostics) {
    let what = define
        .attribute("entity")
        .map_or_else(|| "define".to_owned(), |entity| entity.value.clone());
    diagnostics.push(
        Diagnostic::error(
            "missing-attribute",
            format!("this {what} has no `{name}`"),
            define.name_span.clone(),
        )
        .with_help(format!("add {name}=\"..\"")),
    );
}

pub(super) fn duplicate(what: &str, name: &Attribute, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::error(
            "duplicate-name",
            format!("a second {what} with the name `{}`", name.value),
            name.value_span.clone(),
        )
        .with_label("given before"),
    );
}

/// Traffic parameters that are given twice, and those that do nothing without another one.
pub(super) fn together(
    root: &Element,
    defines: &[&Element],
    traffic: &TrafficParams,
    diagnostics: &mut Diagnostics,
) {
    let params: Vec<&Attribute> = defines
        .iter()
        .filter(|define| {
            define
                .attribute("entity")
                .is_some_and(|entity| entity.value == "traffic-param")
        })
        .filter_map(|define| define.attribute("name"))
        .collect();
    for (at, name) in params.iter().enumerate() {
        if params[..at].iter().any(|other| other.value == name.value) {
            diagnostics.push(
                Diagnostic::warning(
                    "duplicate-name",
                    format!("a second `{}`", name.value),
                    name.value_span.clone(),
                )
                .with_label("the last one counts"),
            );
        }
    }
    for (param, other) in useless(traffic) {
        let span = params
            .iter()
            .find(|name| name.value == param)
            .map_or(root.name_span.clone(), |name| name.value_span.clone());
        diagnostics.push(
            Diagnostic::warning("no-effect", format!("`{param}` without `{other}`"), span)
                .with_label("does nothing alone")
                .with_help(format!("add a traffic-param `{other}`")),
        );
    }
}

/// Parameters that are given, each with one that it needs and that is not.
fn useless(traffic: &TrafficParams) -> impl Iterator<Item = (&'static str, &'static str)> {
    let stat = (
        ("log-stat-file", traffic.stat_file.is_some()),
        ("log-stat-period", traffic.stat_period_s.is_some()),
    );
    let protocol_stat = (
        (
            "log-protocol-stat-file",
            traffic.protocol_stat_file.is_some(),
        ),
        (
            "log-protocol-stat-period",
            traffic.protocol_stat_period_s.is_some(),
        ),
    );
    let names = (
        "log-protocol-stat-name",
        traffic.protocol_stat_names != ProtocolStatNames::None,
    );
    let retransmissions = (
        ("max-retrans", traffic.retransmissions_max > 0),
        ("retrans-enabled", traffic.retransmit),
    );
    [
        stat,
        (stat.1, stat.0),
        protocol_stat,
        (protocol_stat.1, protocol_stat.0),
        (protocol_stat.0, names),
        retransmissions,
    ]
    .into_iter()
    .filter(|((_, given), (_, other_given))| *given && !*other_given)
    .map(|((param, _), (other, _))| (param, other))
}
