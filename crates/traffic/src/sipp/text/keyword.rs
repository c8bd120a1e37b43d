//! The value of each keyword.

use gannet_scenario::sipp::model::Keyword;

use super::render::rendered;
use super::writer::{Asked, Writer};
use super::{At, Env, RenderError, crypto, date, field, last, port};
use crate::sipp::state::CallState;
use crate::sipp::values::Value;

/// Appends the value of a keyword.
#[inline]
pub(super) fn fill<'t>(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    keyword: &'t Keyword,
    writer: &mut Writer<'_, 't>,
) -> Result<(), RenderError> {
    match keyword {
        Keyword::CallId => writer.bytes(state.call_id()),
        Keyword::Branch(offset) => {
            writer.bytes(&env.common.branch);
            writer.number(state.number());
            writer.bytes(b"-");
            let step = at.step as i64 - i64::from(at.acts);
            writer.signed(step + i64::from(*offset));
        }
        Keyword::LastHeader { name, value_only } => {
            last::header(env, state, name.as_bytes(), *value_only, writer);
        }
        Keyword::CallNumber => writer.number(state.number()),
        // The number is unsigned in SIPp.
        Keyword::Cseq(offset) => {
            let number = state.cseq() + i64::from(*offset);
            writer.number(u64::from(number as u32));
        }
        Keyword::Len(offset) => writer.length(*offset),
        Keyword::Variable(id) => {
            if let Some(value) = env.variable(state, *id) {
                value.print(writer.out);
            }
            writer.may_vanish();
        }
        Keyword::Field(of) => {
            field::append(env, state, at, of, writer)?;
            writer.may_vanish();
        }
        Keyword::MsgIndex if at.acts => writer.signed(-2),
        Keyword::MsgIndex => writer.number(at.step as u64),
        Keyword::PeerTagParam => {
            if let Some(tag) = state.peer_tag() {
                writer.bytes(b";tag=");
                writer.bytes(tag);
            }
        }
        Keyword::NextUrl => last::next_url(env, state, writer),
        Keyword::Routes => {
            if let Some(extra) = state.extra()
                && !extra.routes.is_empty()
            {
                writer.bytes(b"Route: ");
                writer.bytes(&extra.routes);
            }
            writer.may_vanish();
        }
        Keyword::LastMessage => writer.bytes(state.last()),
        Keyword::LastRequestUri => last::request_uri(env, state, writer),
        Keyword::LastCseqNumber(offset) => last::cseq_number(env, state, *offset, writer),
        Keyword::Authentication(credentials) => {
            if !writer.authentication(Asked::Scenario(credentials)) {
                return Err(RenderError::AuthenticationPlace);
            }
        }
        _ => return rare(env, state, at, keyword, writer),
    }
    Ok(())
}

/// What few texts have.
fn rare<'t>(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    keyword: &'t Keyword,
    writer: &mut Writer<'_, 't>,
) -> Result<(), RenderError> {
    match keyword {
        Keyword::UserId => {
            writer.number(state.user().map_or(0, |user| u64::from(user.get())));
        }
        Keyword::DynamicId => writer.number(dynamic_id(env)),
        Keyword::ClockTick => writer.number(env.now_ns / 1_000_000),
        Keyword::Timestamp => env.world.timestamp(writer.out),
        Keyword::Date => date::push_http_date(writer.out, env.world.time_of_day().0),
        Keyword::TdmMap => {
            let map = env.settings.tdm_map.ok_or(RenderError::NoTdmMap)?;
            let circuit = circuit(env, state)?;
            super::circuits::push(writer.out, &map, circuit);
        }
        Keyword::File(name) => {
            let name = rendered(env, state, at, name)?;
            let is_read = env.world.read_file(&name, writer.out);
            let unread = (!is_read).then(|| String::from_utf8_lossy(&name).into_owned());
            env.common.scratch.give(name);
            if let Some(name) = unread {
                return Err(RenderError::File(name));
            }
        }
        Keyword::Fill { variable, text } => {
            let octets = env.variable(state, *variable).map_or(0.0, Value::number);
            // A negative number is none.
            fill_up(text, octets as usize, writer.out);
        }
        Keyword::Identity(of) => super::identity::append(env, state, at, of, writer.out)?,
        Keyword::Crypto(what) => crypto::append(env.rng, state, *what, writer.out),
        Keyword::LocalPort(_)
        | Keyword::ServerIp
        | Keyword::MediaPort(..)
        | Keyword::AutoMediaPort(..)
        | Keyword::RtpStreamPort(..) => port::append(env, state, at, keyword, writer)?,
        // What is left is the same for the whole run.
        constant => super::constant::append(constant, env.settings, writer),
    }
    Ok(())
}

/// The circuit of the call: the first free one from its first use to the end of the call.
fn circuit(env: &mut Env<'_>, state: &mut CallState) -> Result<u32, RenderError> {
    if let Some(circuit) = state.circuit() {
        return Ok(circuit);
    }
    let circuit = env.common.circuits.take().ok_or(RenderError::NoCircuit)?;
    state.set_circuit(circuit);
    Ok(circuit)
}

fn dynamic_id(env: &mut Env<'_>) -> u64 {
    let ids = env.settings.dynamic_id;
    let given = env.common.dynamic_id;
    let next = given.saturating_add(ids.step);
    env.common.dynamic_id = if next > ids.max { ids.start } else { next };
    given
}

/// As long as the longest message may be.
const FILL_BYTES_MAX: usize = 65_536;

fn fill_up(text: &[u8], octets: usize, out: &mut Vec<u8>) {
    let octets = octets.min(FILL_BYTES_MAX);
    out.extend(text.iter().copied().cycle().take(octets));
}
