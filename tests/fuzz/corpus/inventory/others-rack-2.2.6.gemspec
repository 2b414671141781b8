usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.6.gemspec
# -*- encoding: utf-8 -*-
# stub: rack 2.2.6 ruby lib

Gem::Specification.new do |s|
  s.name = "rack".freeze
  s.version = "2.2.6"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze)
  s.licenses = ["MIT".freeze]
end
