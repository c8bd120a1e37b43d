@rfc.7375 @rfc.8224 @rfc.8226
Feature: Signed calls that are wrong
  Each way to be wrong has its own verdict at the phone that is called, and the response of RFC 8224 6.2.2
  from a server that verifies.

  Scenario Outline: <what> is <verdict>
    Given Identity sent by Alice has <what>
    When Alice calls Bob
    Then the Identity received by Bob is <verdict>
    When Alice hangs up
    Given the embedded server requires a valid Identity
    When Alice calls Bob
    Then the call fails with <code>

    Examples:
      | what                                  | verdict                 | code |
      | a stale date                          | stale-date              | 403  |
      | a wrong destination                   | wrong-destination       | 438  |
      | a wrong caller                        | wrong-orig              | 438  |
      | a bad signature                       | bad-signature           | 438  |
      | an expired certificate                | expired-certificate     | 437  |
      | an unknown certificate                | unknown-issuer          | 437  |
      | a self-made certificate               | self-made-certificate   | 437  |
      | a certificate for others              | wrong-scope             | 437  |
      | a missing certificate                 | certificate-unavailable | 436  |
      | a certificate of a wrong content type | wrong-content-type      | 436  |
      | no certificate URI                    | no-certificate-uri      | 436  |
      | a huge token                          | too-large               | 438  |
      | an unknown algorithm                  | unknown-algorithm       | 437  |
      | an unknown extension                  | unknown-extension       | 428  |

  Scenario: a token of another call is a replay
    Given calls from Alice are signed with attestation A
    When Alice calls Bob
    Then Bob receives a valid Identity
    When Alice hangs up
    And Alice calls Carol with the Identity received by Bob
    Then the Identity received by Carol is wrong-destination
    And Alice hangs up

  Scenario: a token of others is cut and pasted
    Given calls from Alice are signed with attestation A
    When Alice calls Bob
    Then Bob receives a valid Identity
    When Alice hangs up
    And Dave calls Carol with the Identity received by Bob
    Then the Identity received by Carol is cut-and-paste
    And Dave hangs up

  Scenario: a call without a token is refused where one is needed
    Given the embedded server requires a valid Identity
    When Alice calls Bob
    Then the call fails with 428
    Given calls from Alice are signed with attestation A
    When Alice calls Bob
    Then Bob receives attestation A
    And Alice hangs up

  Scenario: one of several tokens is enough
    Given calls from Alice are signed with attestation A
    And calls from Alice are signed again with attestation A
    And Identity sent by Alice has a bad signature
    When Alice calls Bob
    Then Bob receives a valid Identity
    And header Identity of INVITE received by Bob has 2 values
    And Alice hangs up

  Scenario: several tokens that differ are worth nothing
    Given calls from Alice are signed with attestation A
    And calls from Alice are signed again with attestation C
    When Alice calls Bob
    Then the Identity received by Bob is several-differ
    And Alice hangs up
