//! Queues: callers hear music until an agent is free.

use std::time::{Duration, Instant};

use super::call::{Stage, Why};
use super::pending::Deadline;
use super::place::{Place, refusal};
use super::programme::Programme;
use super::state::Server;
use crate::snapshot::Service;

/// How long an agent who did not answer is left alone.
const REST: Duration = Duration::from_secs(5);

impl Server {
    /// Puts a caller into a queue.
    pub(super) fn queue(&mut self, now: Instant, number: u64, queue: String) {
        self.answer(now, number, Service::Queue, None, Programme::music());
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        if let Some(serving) = serving {
            serving.queue = Some(queue);
            self.queued.insert(number);
        }
    }

    /// Makes a user an agent of a queue, or no longer. False if there is no such queue.
    pub(super) fn set_agent(&mut self, queue: &str, user: &str, on: bool) -> bool {
        let Some(agents) = self.agents.get_mut(queue) else {
            return false;
        };
        agents.retain(|agent| agent != user);
        if on {
            agents.push(user.to_owned());
        }
        self.changed();
        true
    }

    /// Gives the callers that wait to the agents that are free, who waits longest first. False if
    /// nobody was given to anybody.
    pub(super) fn run_queues(&mut self, now: Instant) -> bool {
        let mut given = false;
        for number in self.queued.clone() {
            let Some(call) = self.calls.get(&number) else {
                self.queued.remove(&number);
                continue;
            };
            let leg = call.first.leg;
            let Stage::Serving(serving) = &call.stage else {
                continue;
            };
            // Offer and answer come first; then one agent at a time.
            let free = serving.port.is_some() && !self.promised.contains_key(&leg);
            let Some(queue) = serving.queue.as_ref().filter(|_| free) else {
                continue;
            };
            let agents = self.agents.get(queue).cloned().unwrap_or_default();
            let names = agents.iter().filter_map(|agent| self.directory.find(agent));
            let names: Vec<_> = names.map(|member| member.user.name.clone()).collect();
            let agent = names.into_iter().find(|agent| {
                !self.resting.contains(agent)
                    && !self.is_busy(agent)
                    && self.is_reachable(now, agent)
            });
            if let Some(agent) = agent {
                let place = Place::Agent(agent.clone());
                let target = agent.clone();
                self.put_through(now, leg, (&target, place), Why::Queue { agent });
                given = true;
            }
        }
        given
    }

    /// An agent did not answer: the next one is asked first.
    pub(super) fn rest(&mut self, now: Instant, agent: String) {
        self.resting.insert(agent);
        self.timetable.set(Deadline::Rested, now + REST);
    }

    /// All agents are asked again.
    pub(super) fn rested(&mut self) {
        self.resting.clear();
    }

    /// The queue of that name, or how the call is refused.
    pub(super) fn log_agent(
        &mut self,
        queue: &str,
        user: &str,
        on: bool,
    ) -> Result<(), gannet_ua::endpoint::Reply> {
        let known = self.set_agent(queue, user, on);
        known
            .then_some(())
            .ok_or_else(|| refusal(404, "No Such Queue"))
    }
}
