Feature: Settings of device profiles, one at a time
  What servers and phones have to bear with. Each row changes one setting of a plain phone, which calls
  and is called through the server all the same.

  Scenario Outline: a phone with <setting> <value>
    Given Alice uses generic phone with <setting> <value>
    And Bob uses generic phone
    When Alice calls Bob
    And Bob answers the call
    Then Alice and Bob talk for 300 ms
    When Alice puts the call on hold
    Then Bob sees the call held
    When Alice resumes the call
    And Alice sends DTMF "7"
    Then Bob receives DTMF "7"
    When Bob hangs up
    Then Alice receives BYE

    Examples:
      | setting                          | value                  |
      | messages.colon                   | ":"                    |
      | messages.content-length-width    | 6                      |
      | messages.lists                   | repeated               |
      | messages.fold-at                 | 40                     |
      | messages.via-parameter-order     | "['rport']"            |
      | identifiers.cseq-step            | 7                      |
      | addresses.contact-display-name   | true                   |
      | addresses.uri-transport          | all                    |
      | lists.methods-in-contact-on      | "['REGISTER']"         |
      | registration.unregister-at-boot  | own                    |
      | registration.contact-parameters  | "{ line = '7' }"       |
      | digest.uri                       | without-parameters     |
      | outgoing.preferred-identity      | true                   |
      | hold.form                        | both                   |
      | dtmf.way                         | info                   |
      | dtmf.gap-ms                      | 60                     |
      | rtp.ssrc                         | 1                      |
      | sdp.session-id                   | 20001                  |
      | sdp.session-version              | session-id             |
      | quirks.lower-case-names          | true                   |
      | quirks.upper-case-names          | true                   |
      | quirks.empty-supported           | true                   |
      | quirks.no-content-length         | true                   |
      | quirks.keeps-sdp-version         | true                   |
      | quirks.unregisters-with-star     | true                   |
      | quirks.ignores-options-in-call   | true                   |
