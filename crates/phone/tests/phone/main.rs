//! Phones on real sockets of the loopback, and device profiles.

mod calls;
mod device_behaviour;
mod device_layout;
mod devices_page;
mod events;
mod failing_calls;
mod forked_media;
mod hold;
mod peer;
mod profiles;
mod registration;
mod reliable;
mod scripted_peer;
mod session_timers;
mod support;
mod texts;
mod transfers;
