@rfc.3428
Feature: RFC 3428: text messages
  MESSAGE carries a text outside of calls. The server passes it on to the recipient's phones and brings
  back what they answer.

  @with.kamailio
  Scenario: a text arrives as it was sent
    When Alice sends message "Lunch at \"Bella\"?" to Bob
    Then the message is accepted
    And Bob receives message "Lunch at \"Bella\"?" from Alice
    And Bob receives MESSAGE with header Content-Type matching /^text\/plain/
    When Bob sends message "Yes." to Alice
    Then Alice receives message "Yes." from Bob
    And the message is accepted

  @with.kamailio
  Scenario: a MESSAGE makes no dialog
    When Alice sends message "hello" to Bob
    Then Bob receives MESSAGE without header Contact
    And 200 to MESSAGE is valid SIP
    And header Max-Forwards of MESSAGE received by Bob has 1 value

  @with.kamailio
  Scenario: texts to nobody are refused
    When Alice sends message "hello" to 5550199
    Then the message is refused with 404
    And Alice gets 4xx

  @with.kamailio
  Scenario: a text during a call disturbs nothing
    When Alice calls Bob
    And Bob answers the call
    And Alice sends message "still there?" to Bob
    Then Bob receives message "still there?" from Alice
    And Alice hears Bob
    And Bob hears Alice
    And Bob hangs up
