//! `gannet steps`.

use std::io::{self, Write};

use clap::Args;
use gannet_diag::nearest;
use gannet_events::ExitCode;
use gannet_steps::{ParameterKind, Registry, StepDefinition};
use serde_json::json;

use crate::problem::Problem;
use crate::setup::vocabulary;

/// List the sentences that features may use, or search them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StepsArguments {
    /// Words that the sentence, its example or its explanation must have.
    #[arg(value_name = "TEXT")]
    text: Vec<String>,

    /// Write JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  gannet steps                 all sentences
  gannet steps voicemail       those about voicemail
  gannet steps \"Alice rings\"   those that come near";

/// Sentences that come near if none has the words.
const NEAREST_MAX: usize = 5;

pub(crate) fn execute(arguments: &StepsArguments) -> Result<ExitCode, Problem> {
    let registry = vocabulary()?;
    let found = search(&registry, &arguments.text);
    if found.is_empty() {
        let text = arguments.text.join(" ");
        return Err(Problem::nothing(format!(
            "no step has or resembles `{text}`"
        )));
    }
    let mut out = io::stdout().lock();
    // A pager that is closed early is no fault.
    let _ = if arguments.json {
        writeln!(out, "{}", as_json(&found))
    } else {
        write_text(out, &found)
    };
    Ok(ExitCode::Passed)
}

fn search<'a>(registry: &'a Registry, words: &[String]) -> Vec<&'a StepDefinition> {
    let sentence = words.join(" ");
    if let Ok(matched) = registry.find(&sentence) {
        let pattern = matched.definition.pattern;
        return registry
            .definitions()
            .filter(|step| step.pattern == pattern)
            .collect();
    }
    let words: Vec<_> = sentence.split_whitespace().map(str::to_lowercase).collect();
    let has_all = |step: &&StepDefinition| {
        let StepDefinition {
            pattern,
            section,
            about,
            example,
            ..
        } = step;
        let text = format!("{pattern} {section} {about} {example}").to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let found: Vec<_> = registry.definitions().filter(has_all).collect();
    if !found.is_empty() {
        return found;
    }
    let near = nearest(
        &sentence,
        registry.definitions().map(|step| step.pattern),
        NEAREST_MAX,
    );
    let is_near = |step: &&StepDefinition| near.iter().any(|pattern| pattern == step.pattern);
    registry.definitions().filter(is_near).collect()
}

fn write_text(mut out: impl Write, steps: &[&StepDefinition]) -> io::Result<()> {
    let mut sections: Vec<&str> = Vec::new();
    for step in steps {
        if !sections.contains(&step.section) {
            sections.push(step.section);
        }
    }
    for section in sections {
        writeln!(out, "{section}")?;
        for step in steps.iter().filter(|step| step.section == section) {
            let within = if step.takes_within {
                " [within {time}]"
            } else {
                ""
            };
            writeln!(out, "  {}{within}", step.pattern)?;
            writeln!(out, "      {}", step.about)?;
            writeln!(out, "      e.g. {}", step.example)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "Parameters")?;
    for kind in ParameterKind::ALL {
        let name = format!("{{{}}}", kind.name());
        if steps.iter().any(|step| step.pattern.contains(&name)) {
            writeln!(out, "  {name:<10} {}", kind.about())?;
        }
    }
    Ok(())
}

fn as_json(steps: &[&StepDefinition]) -> String {
    let steps: Vec<_> = steps
        .iter()
        .map(|step| {
            json!({
                "pattern": step.pattern,
                "section": step.section,
                "about": step.about,
                "example": step.example,
                "within": step.takes_within,
                "condition": step.condition,
            })
        })
        .collect();
    let parameters: serde_json::Map<_, _> = ParameterKind::ALL
        .into_iter()
        .map(|kind| (kind.name().to_owned(), kind.about().into()))
        .collect();
    format!(
        "{:#}\n",
        json!({ "steps": steps, "parameters": parameters })
    )
}
