@rfc.3428 @with.sipp
Feature: Texts between SIPp and phones of gannet
  They pass the embedded server both ways.

  Scenario: to Bob, who is SIPp
    When Alice sends message "hello from gannet" to "bob"
    Then the message is accepted

  Scenario: to Alice
    Given Alice registers
    Then Alice receives message "hello from SIPp" within 20 seconds
