@rfc.6086
Feature: RFC 6086: INFO packages
  Each side says in Recv-Info which packages it takes. INFO of another package gets 469; INFO of the old
  kind, without a package, is for both sides to understand.

  Background:
    Given Alice uses generic phone with lists.recv-info "['conference']"
    And Bob uses generic phone with lists.recv-info "['conference', 'g.3gpp.state-and-event']"
    When Alice calls Bob
    And Bob answers the call

  @with.kamailio
  Scenario: both sides say which packages they take
    Then Bob receives INVITE with header Recv-Info equal to "conference"
    And Alice receives 200 to INVITE with header Recv-Info equal to "conference, g.3gpp.state-and-event"

  @with.kamailio
  Scenario: a package that the other side takes is accepted
    When Alice sends INFO package "g.3gpp.state-and-event"
      """
      state=1
      """
    Then Alice gets 200
    And Bob receives INFO with header Info-Package equal to "g.3gpp.state-and-event"
    And body of INFO matches /^state=1/
    And header Content-Disposition of INFO received by Bob is "Info-Package"

  @with.kamailio
  Scenario: a package that the other side does not take is refused with those that it takes
    When Bob sends INFO package "g.3gpp.state-and-event"
    Then Bob gets 469
    And Bob receives 469 to INFO with header Recv-Info equal to "conference"
    And Alice hears Bob
    And Bob hears Alice
